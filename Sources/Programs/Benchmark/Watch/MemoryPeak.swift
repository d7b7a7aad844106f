/// The most memory that processes took. A value without IO.
package struct MemoryPeak: Sendable {
  /// The highest sum over all processes at one moment.
  package private(set) var bytes = 0
  /// Each name's own highest, whenever that was.
  package private(set) var bytesByName: [String: Int] = [:]

  package init() {}

  package mutating func take(_ sums: [String: Int]) {
    bytes = max(bytes, sums.values.reduce(0, +))
    bytesByName.merge(sums) { max($0, $1) }
  }

  package static func byName(_ processes: [ProcessUsage]) -> [String: Int] {
    Dictionary(processes.map { ($0.name, $0.pssBytes) }, uniquingKeysWith: +)
  }
}
