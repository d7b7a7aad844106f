import Synchronization

/// The measurements of this process, for `GET /metrics` in Prometheus' text format 0.0.4.
///
/// Every instrument may be used from any thread; a counter costs one relaxed atomic add. Instruments are made once at
/// start and kept: making one takes a lock.
package final class MetricsRegistry: Sendable {
  package typealias Labels = KeyValuePairs<String, String>

  private struct Family {
    let name: String
    let help: String
    let type: String
    var samples: [@Sendable (_ name: String, _ out: inout String) -> Void] = []
  }

  private let families = Mutex<[Family]>([])

  package init() {}

  /// A counter: `name` ends in `_total`.
  package func counter(_ name: String, _ help: String, _ labels: Labels = [:]) -> Counter {
    let counter = Counter()
    let text = Self.render(labels)
    add(name, help, "counter") { name, out in out += "\(name)\(text) \(counter.value)\n" }
    return counter
  }

  /// A gauge whose value `read` tells at each scrape.
  package func gauge(_ name: String, _ help: String, _ labels: Labels = [:], read: @escaping @Sendable () -> Double) {
    let text = Self.render(labels)
    add(name, help, "gauge") { name, out in out += "\(name)\(text) \(Self.number(read()))\n" }
  }

  /// A histogram over fixed upper bounds, in seconds where it is a time.
  package func histogram(
    _ name: String, _ help: String, _ labels: Labels = [:], bounds: [Double] = Histogram.latencyBounds
  ) -> Histogram {
    let histogram = Histogram(bounds: bounds)
    let pairs = Self.pairs(labels)
    let text = Self.render(labels)
    add(name, help, "histogram") { name, out in
      let (counts, sum) = histogram.snapshot()
      var total: UInt64 = 0
      for (index, bound) in histogram.bounds.enumerated() {
        total += counts[index]
        let labels = (pairs + ["le=\"\(Self.number(bound))\""]).joined(separator: ",")
        out += "\(name)_bucket{\(labels)} \(total)\n"
      }
      total += counts[histogram.bounds.count]
      out += "\(name)_bucket{\((pairs + ["le=\"+Inf\""]).joined(separator: ","))} \(total)\n"
      out += "\(name)_sum\(text) \(Self.number(sum))\n\(name)_count\(text) \(total)\n"
    }
    return histogram
  }

  /// All of it as text, families in the order in which they were made.
  package func exposition() -> String {
    var out = ""
    for family in families.withLock({ $0 }) {
      out += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.type)\n"
      for sample in family.samples { sample(family.name, &out) }
    }
    return out
  }

  private func add(
    _ name: String, _ help: String, _ type: String, _ sample: @escaping @Sendable (String, inout String) -> Void
  ) {
    families.withLock { families in
      if let index = families.firstIndex(where: { $0.name == name }) {
        families[index].samples.append(sample)
      } else {
        families.append(Family(name: name, help: help, type: type, samples: [sample]))
      }
    }
  }

  private static func pairs(_ labels: Labels) -> [String] {
    labels.map { key, value in
      var escaped = ""
      for scalar in value.unicodeScalars {
        switch scalar {
        case "\\": escaped += "\\\\"
        case "\"": escaped += "\\\""
        case "\n": escaped += "\\n"
        default: escaped.unicodeScalars.append(scalar)
        }
      }
      return "\(key)=\"\(escaped)\""
    }
  }

  private static func render(_ labels: Labels) -> String {
    labels.isEmpty ? "" : "{" + pairs(labels).joined(separator: ",") + "}"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}

/// A number that only grows.
package final class Counter: Sendable {
  private let count = Atomic<UInt64>(0)
  package init() {}
  package func add(_ amount: Int = 1) { count.wrappingAdd(UInt64(max(0, amount)), ordering: .relaxed) }
  package var value: UInt64 { count.load(ordering: .relaxed) }
}

/// Counts of observations per range.
package final class Histogram: Sendable {
  /// Seconds, from 0.5 ms to 10 s.
  package static let latencyBounds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  package let bounds: [Double]
  private let state: Mutex<(counts: [UInt64], sum: Double)>

  package init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex((Array(repeating: 0, count: bounds.count + 1), 0))
  }

  package func observe(_ value: Double) {
    let index = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.counts[index] += 1
      $0.sum += value
    }
  }

  package func snapshot() -> (counts: [UInt64], sum: Double) { state.withLock { $0 } }
}
