/// The load that `daybook bench` makes itself: servers that report ten cpu fields every ten seconds, as line protocol
/// with nine tags, values with two decimals. The same seed gives the same bytes.
struct BenchWorkload {
  static let fields = [
    "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait", "usage_irq", "usage_softirq",
    "usage_steal", "usage_guest", "usage_guest_nice",
  ]
  /// 2026-01-01T00:00:00Z in nanoseconds.
  static let start: Int64 = 1_767_225_600_000_000_000
  /// Ten seconds.
  static let step: Int64 = 10_000_000_000

  let hosts: Int
  let steps: Int
  private var random: SplitMix64
  private let heads: [[UInt8]]
  /// The value of each host's each field, in hundredths: a random walk between 0 and 100.
  private var values: [Int32]

  init(hosts: Int, steps: Int, seed: UInt64 = 42) {
    self.hosts = hosts
    self.steps = steps
    var random = SplitMix64(state: seed)
    let regions = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-south-1", "ap-northeast-1", "sa-east-1"]
    heads = (0..<hosts).map { host in
      let region = regions[host % regions.count]
      let text =
        "cpu,hostname=host_\(host),region=\(region),datacenter=\(region)\(["a", "b", "c"][Int(random.next() % 3)])"
        + ",rack=\(random.next() % 100),os=Debian12,arch=x64,team=\(["SF", "NYC", "LON", "CHI"][Int(random.next() % 4)])"
        + ",service=\(random.next() % 20),service_environment=\(["production", "staging", "test"][Int(random.next() % 3)])"
      return Array(text.utf8)
    }
    values = (0..<hosts * Self.fields.count).map { _ in Int32(random.next() % 10_001) }
    self.random = random
  }

  var samples: Int { hosts * steps * Self.fields.count }
  var lines: Int { hosts * steps }

  /// The next `lines` lines of the steps in order, hosts within a step. `line` is the number of the first.
  mutating func body(line first: Int, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * 400)
    for line in first..<first + count {
      let host = line % hosts
      bytes += heads[host]
      for (index, field) in Self.fields.enumerated() {
        bytes.append(index == 0 ? 0x20 : 0x2C)
        bytes += field.utf8
        bytes.append(0x3D)
        Self.append(hundredths: walk(host * Self.fields.count + index), to: &bytes)
      }
      bytes.append(0x20)
      bytes += String(Self.start + Int64(line / hosts) * Self.step).utf8
      bytes.append(0x0A)
    }
    return bytes
  }

  private mutating func walk(_ index: Int) -> Int32 {
    let change = Int32(random.next() % 401) - 200
    values[index] = min(10_000, max(0, values[index] + change))
    return values[index]
  }

  private static func append(hundredths value: Int32, to bytes: inout [UInt8]) {
    bytes += String(value / 100).utf8
    bytes.append(0x2E)
    bytes.append(0x30 + UInt8(value / 10 % 10))
    bytes.append(0x30 + UInt8(value % 10))
  }
}

/// Sebastiano Vigna's SplitMix64: small, and the same on every machine.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
