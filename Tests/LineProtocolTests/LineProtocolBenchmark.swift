import Glibc
import LineProtocol
import TestSupport
import Testing
import WriteTestSupport

/// `DAYBOOK_BENCHMARK=1 swift test -c release --filter LineProtocolBenchmark`: one thread.
@Suite(.serialized) struct LineProtocolBenchmark {
  /// 100 hosts with 9 tags, lines of 10 fields with 2 decimals, 1,000 lines a body.
  @Test(.enabled(if: getenv("DAYBOOK_BENCHMARK") != nil))
  func samplesPerSecondOnOneCore() throws { try measure("10 fields", (0..<10).map { Self.agent(step: $0) }) }

  /// What a file of one series becomes: one field a line, 20,000 lines a body. `digits` of the values behind the point.
  @Test(.enabled(if: getenv("DAYBOOK_BENCHMARK") != nil), arguments: [3, 10, 17])
  func linesOfOneSeriesPerSecondOnOneCore(digits: Int) throws {
    try measure("1 field, \(digits) digits", (0..<10).map { Self.file(step: $0, digits: digits) })
  }

  private func measure(_ shape: String, _ bodies: [[UInt8]]) throws {
    let cache = HeadCache()
    let resolver = FakeResolver()
    let parser = LineParser(cache: cache, resolver: resolver)
    for _ in 0..<2 {
      for body in bodies {
        resolver.commit(try body.withUnsafeBytes { try parser.parse($0, precision: .nanoseconds, serverTime: 0).batch })
      }
    }
    let start = Self.processorSeconds()
    var (samples, bytes) = (0, 0)
    while Self.processorSeconds() - start < 2 {
      for body in bodies {
        samples += try body.withUnsafeBytes { try parser.parse($0, precision: .nanoseconds, serverTime: 0).accepted }
        bytes += body.count
      }
    }
    let seconds = Self.processorSeconds() - start
    print(
      "line protocol, \(shape): \(Int(Double(samples) / seconds / 1e5))e5 samples/s, \(Int(Double(bytes) / seconds / 1e6)) MB/s"
    )
    #expect(samples > 0)
  }

  /// Of this thread: other programs on the machine count less.
  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func file(step: Int, digits: Int) -> [UInt8] {
    var random = SeededRandom(seed: UInt64(step))
    var text = ""
    for line in 0..<20_000 {
      let fraction = (0..<digits).map { _ in "\(1 + random.next(9))" }.joined()
      text += "cpu_load,host=i-5f5533 value=\(random.next(100)).\(fraction)"
      text += " \(1_392_388_020_000_000_000 + (step * 20_000 + line) * 300_000_000_000)\n"
    }
    return Array(text.utf8)
  }

  private static func agent(step: Int) -> [UInt8] {
    var random = SeededRandom(seed: UInt64(step))
    let fields = [
      "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait", "usage_irq", "usage_softirq",
      "usage_steal", "usage_guest", "usage_guest_nice",
    ]
    var text = ""
    for line in 0..<1_000 {
      let host = line % 1_000
      text += "cpu,hostname=host_\(host),region=eu-central-1,datacenter=eu-central-1a,rack=\(host % 50),os=Ubuntu16.10"
      text += ",arch=x64,team=SF,service=\(host % 20),service_version=1 "
      text += fields.map { "\($0)=\(random.next(100)).\(10 + random.next(90))" }.joined(separator: ",")
      text += " \(1_451_606_400_000_000_000 + (step + line / 1_000) * 10_000_000_000)\n"
    }
    return Array(text.utf8)
  }
}
