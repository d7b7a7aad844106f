import Glibc
import LineProtocol
import Runtime
import TestSupport
import Testing
import WriteTestSupport

/// `DAYBOOK_BENCHMARK=1 swift test -c release --filter LineProtocolBenchmark`: one thread, 100 hosts with 9 tags, lines
/// of 10 fields with 2 decimals, 1,000 lines a body.
@Suite struct LineProtocolBenchmark {
  @Test(.enabled(if: getenv("DAYBOOK_BENCHMARK") != nil))
  func samplesPerSecondOnOneCore() throws {
    let cache = HeadCache()
    let resolver = FakeResolver()
    let parser = LineParser(cache: cache, resolver: resolver)
    let bodies = (0..<10).map { Self.body(step: $0) }
    for _ in 0..<2 {
      for body in bodies {
        resolver.commit(try body.withUnsafeBytes { try parser.parse($0, precision: .nanoseconds, serverTime: 0).batch })
      }
    }
    let start = MonotonicClock.now
    var samples = 0
    while MonotonicClock.now - start < 2_000_000_000 {
      for body in bodies {
        samples += try body.withUnsafeBytes { try parser.parse($0, precision: .nanoseconds, serverTime: 0).accepted }
      }
    }
    let seconds = Double(MonotonicClock.now - start) / 1e9
    print("line protocol: \(Int(Double(samples) / seconds / 1e5))e5 samples/s, \(bodies[0].count / 1000) bytes a line")
    #expect(samples > 0)
  }

  private static func body(step: Int) -> [UInt8] {
    var random = SeededRandom(seed: UInt64(step))
    let fields = [
      "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait", "usage_irq", "usage_softirq",
      "usage_steal", "usage_guest", "usage_guest_nice",
    ]
    var text = ""
    for line in 0..<1_000 {
      let host = line % 100
      text += "cpu,hostname=host_\(host),region=eu-central-1,datacenter=eu-central-1a,rack=\(host % 50),os=Ubuntu16.10"
      text += ",arch=x64,team=SF,service=\(host % 20),service_version=1 "
      text += fields.map { "\($0)=\(random.next(100)).\(10 + random.next(90))" }.joined(separator: ",")
      text += " \(1_451_606_400_000_000_000 + (step * 10 + line / 100) * 10_000_000_000)\n"
    }
    return Array(text.utf8)
  }
}
