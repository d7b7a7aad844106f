/// What processes cost from one moment to another: processor time by name, and the most memory.
struct UsageMeasurement {
  private let processIDs: [Int32]
  private let before: [String: Double]
  private let watch: MemoryWatch

  /// From now on.
  init(_ processIDs: [Int32], every interval: Duration = .milliseconds(200)) {
    self.processIDs = processIDs
    before = Self.seconds(ProcessUsage.trees(of: processIDs))
    watch = MemoryWatch(processIDs: processIDs, every: interval)
  }

  /// Bytes by name at the moment.
  var memoryNow: [String: Int] { watch.latest }

  /// Until now; to be called once, also when the benchmark fails.
  func end() -> (peak: MemoryPeak, seconds: [String: Double]) {
    let peak = watch.stop()
    return (peak, Self.difference(before, Self.seconds(ProcessUsage.trees(of: processIDs))))
  }

  /// Ends it and puts it into the report, the most expensive first.
  func end(into report: inout BenchReport) {
    guard !processIDs.isEmpty else {
      _ = watch.stop()
      return
    }
    let (peak, seconds) = end()
    for (name, seconds) in seconds.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      report.add("cpu_seconds_" + Self.key(name), "processor time, \(name)", seconds, "s")
    }
    report.add("peak_pss_mb", "peak memory of all processes (PSS)", Double(peak.bytes) / 1e6, "MB")
    for (name, bytes) in peak.bytesByName.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      report.add("peak_pss_mb_" + Self.key(name), "  \(name)", Double(bytes) / 1e6, "MB")
    }
  }

  static func key(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  private static func seconds(_ processes: [ProcessUsage]) -> [String: Double] {
    Dictionary(processes.map { ($0.name, $0.cpuSeconds) }, uniquingKeysWith: +)
  }

  /// What each name took more. Of a process that ended, the time is found with its parent, under that one's name.
  static func difference(_ before: [String: Double], _ after: [String: Double]) -> [String: Double] {
    var difference: [String: Double] = [:]
    for (name, seconds) in after { difference[name] = max(0, seconds - before[name, default: 0]) }
    return difference
  }
}
