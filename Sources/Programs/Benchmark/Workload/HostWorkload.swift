/// The load of most benchmarks: servers that report cpu fields every ten seconds, as line protocol with nine tags, values
/// with two decimals. The same numbers give the same bytes.
package struct HostWorkload {
  /// 2025-01-01T00:00:00Z in nanoseconds: some databases refuse what lies in the future.
  package static let start: Int64 = 1_735_689_600_000_000_000
  /// Ten seconds.
  package static let step: Int64 = 10_000_000_000

  package let hosts: Int
  package let fields: Int
  package let firstStep: Int
  private var random: SplitMix64
  private let heads: [[UInt8]]
  private let fieldHeads: [[UInt8]]
  /// The value of each host's each field, in hundredths: a random walk between 0 and 100.
  private var values: [Int32]
  private var line = 0

  /// - Parameter firstStep: when it begins, in steps of ten seconds after `start`.
  package init(measurement: String = "cpu", hosts: Int, fields: Int = 10, firstStep: Int = 0, seed: UInt64 = 42) {
    self.hosts = hosts
    self.fields = fields
    self.firstStep = firstStep
    var random = SplitMix64(state: seed)
    heads = (0..<hosts).map { Array((measurement + Self.tags(of: $0, &random)).utf8) }
    fieldHeads = (0..<fields).map { Array((($0 == 0 ? " " : ",") + Self.field($0) + "=").utf8) }
    values = (0..<hosts * fields).map { _ in Int32(random.next() % 10_001) }
    self.random = random
  }

  /// The name of field `index`.
  package static func field(_ index: Int) -> String {
    let names = [
      "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait", "usage_irq", "usage_softirq",
      "usage_steal", "usage_guest", "usage_guest_nice",
    ]
    return index < names.count ? names[index] : "usage_\(index)"
  }

  /// The next `count` lines: the steps in order, hosts within a step. Each is `fields` samples.
  package mutating func body(lines count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * (200 + 24 * fields))
    for line in line..<line + count {
      let host = line % hosts
      bytes += heads[host]
      for index in 0..<fields {
        bytes += fieldHeads[index]
        DecimalText.append(hundredths: walk(host * fields + index), to: &bytes)
      }
      bytes.append(0x20)
      DecimalText.append(UInt64(Self.start + Int64(firstStep + line / hosts) * Self.step), to: &bytes)
      bytes.append(0x0A)
    }
    line += count
    return bytes
  }

  private static func tags(of host: Int, _ random: inout SplitMix64) -> String {
    let regions = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-south-1", "ap-northeast-1", "sa-east-1"]
    let region = regions[host % regions.count]
    return ",hostname=host_\(host),region=\(region),datacenter=\(region)\(["a", "b", "c"][Int(random.next() % 3)])"
      + ",rack=\(random.next() % 100),os=Debian12,arch=x64,team=\(["SF", "NYC", "LON", "CHI"][Int(random.next() % 4)])"
      + ",service=\(random.next() % 20)"
      + ",service_environment=\(["production", "staging", "test"][Int(random.next() % 3)])"
  }

  private mutating func walk(_ index: Int) -> Int32 {
    let change = Int32(random.next() % 401) - 200
    values[index] = min(10_000, max(0, values[index] + change))
    return values[index]
  }
}
