import HTTPClient

/// Makes the requests of a load one after the other.
struct RequestMaker {
  private let load: BenchLoad
  private let system: BenchSystem
  private let isEndless: Bool
  private var workload: HostWorkload
  private var line = 0

  init(_ load: BenchLoad, _ system: BenchSystem, isEndless: Bool = false) {
    self.load = load
    self.system = system
    self.isEndless = isEndless
    workload = load.workload
  }

  /// The next request; nil after the last line.
  mutating func next() -> [UInt8]? {
    let lines = isEndless ? load.linesPerRequest : min(load.linesPerRequest, load.lines - line)
    guard lines > 0 else { return nil }
    line += lines
    return HTTPLoadGenerator.request(
      "POST", system.target, host: system.addresses[0], body: workload.body(lines: lines))
  }
}
