import Foundation
import Runtime

/// A series of the Numenta Anomaly Benchmark (Data/LICENSE.txt): lines of `YYYY-MM-DD hh:mm:ss,value`, times in UTC.
struct RealSeries {
  let name: String
  /// In the order of the file.
  let samples: [(time: Int64, value: String)]

  static let names = [
    "ambient_temperature_system_failure", "cpu_utilization_asg_misconfiguration",
    "machine_temperature_system_failure", "nyc_taxi",
  ]

  static func read(_ name: String) throws -> RealSeries {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Data/\(name).csv")
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").dropFirst()
    let samples = try lines.map { line in
      let fields = line.split(separator: ",")
      guard fields.count == 2, let time = RFC3339.nanoseconds((fields[0] + "Z").utf8) else {
        throw SystemTestError("\(name): bad line '\(line)'")
      }
      return (time, String(fields[1]))
    }
    return RealSeries(name: name, samples: samples)
  }

  /// Line protocol in shuffled batches of `size` lines. Lines whose time stands more than once in the file come last,
  /// in a batch of their own, in the order of the file.
  func batches(size: Int, using random: inout some RandomNumberGenerator) -> [[UInt8]] {
    let counts = Dictionary(samples.map { ($0.time, 1) }, uniquingKeysWith: +)
    func line(_ sample: (time: Int64, value: String)) -> String { "\(name) value=\(sample.value) \(sample.time)\n" }
    let once = samples.filter { counts[$0.time] == 1 }.shuffled(using: &random)
    let twice = samples.filter { counts[$0.time]! > 1 }
    var batches = stride(from: 0, to: once.count, by: size).map { start in
      Array(once[start..<min(start + size, once.count)].map(line).joined().utf8)
    }
    if !twice.isEmpty { batches.append(Array(twice.map(line).joined().utf8)) }
    return batches
  }
}
