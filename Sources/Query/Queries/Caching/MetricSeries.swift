import Events

/// All series of one metric with their labels, in columns: a filter looks at 4 bytes a series, and a label's value is held
/// once however many series have it. Never changes.
final class MetricSeries: Sendable {
  /// One label key.
  struct Column: Sendable {
    let key: String
    /// Each value once.
    let values: [String]
    /// The place in `values` of each value, by its bytes.
    fileprivate let codes: [[UInt8]: Int32]
    /// Per series the place of its value; -1 where it does not have the label.
    let places: [Int32]

    init(key: String, values: [String], codes: [[UInt8]: Int32], places: [Int32]) {
      (self.key, self.values, self.codes, self.places) = (key, values, codes, places)
    }

    /// The place of a value, by its bytes.
    func code(of value: String) -> Int32? { codes[Array(value.utf8)] }
  }

  /// Rising.
  let ids: [SeriesID]
  /// By rising bytes of their keys, each key once.
  let columns: [Column]
  /// Of the catalogue's build, per shard, when this was read: all series of the metric up to there are here, no others.
  let positions: [Int64]
  /// About what it takes in memory.
  let bytes: Int

  init(ids: [SeriesID], columns: [Column], positions: [Int64], bytes: Int) {
    (self.ids, self.columns, self.positions, self.bytes) = (ids, columns, positions, bytes)
  }

  /// Whether these are all series of the metric in a snapshot in which its build stands at `positions` and counts `count`
  /// series of it.
  ///
  /// A shard's series are registered by its events in their order, and none ever goes: which series there are is a function
  /// of the positions that grows with them. So where no position is lower than ours, ours are among the present ones, and
  /// when these are as many they are the same.
  func isCurrent(at positions: [Int64], count: Int64) -> Bool {
    Int64(ids.count) == count && positions.count == self.positions.count
      && zip(self.positions, positions).allSatisfy { $0 <= $1 }
  }

  func column(_ key: String) -> Column? {
    columns.first { $0.key.utf8.elementsEqual(key.utf8) }
  }

  /// The places of the series that have all of these labels, rising. An empty value asks for series without the label.
  func places(_ labels: [SeriesLabel]) -> [Int32] {
    var found: [Int32]?
    for label in labels {
      let column = column(label.key)
      guard let code = label.value.isEmpty ? -1 : column?.code(of: label.value) else { return [] }
      // No series has a label of that key.
      guard let column else { continue }
      found = found.map { $0.filter { column.places[Int($0)] == code } } ?? Self.places(of: code, in: column.places)
    }
    return found ?? Array(0..<Int32(truncatingIfNeeded: ids.count))
  }

  private static func places(of code: Int32, in places: [Int32]) -> [Int32] {
    var found: [Int32] = []
    for index in places.indices where places[index] == code { found.append(Int32(truncatingIfNeeded: index)) }
    return found
  }

  func labels(at place: Int32) -> SeriesLabels {
    SeriesLabels(
      columns.compactMap { column in
        let code = column.places[Int(place)]
        return code < 0 ? nil : SeriesLabel(key: column.key, value: column.values[Int(code)])
      })
  }

  /// Which of some series become one line: per series the number of its group, in the order of `places`, and each group's
  /// labels.
  func groups(of places: [Int32], by keys: [String]) -> (groups: [SeriesLabels], numbers: [Int32]) {
    var numbers = [Int32](repeating: 0, count: places.count)
    // The first series of each group so far.
    var first: [Int32] = places.first.map { [$0] } ?? []
    for column in keys.compactMap({ column($0) }) {
      var seen: [UInt64: Int32] = [:]
      var firstNow: [Int32] = []
      for index in places.indices {
        let code = column.places[Int(places[index])]
        let key = UInt64(UInt32(bitPattern: numbers[index])) << 32 | UInt64(UInt32(bitPattern: code))
        if let number = seen[key] {
          numbers[index] = number
        } else {
          numbers[index] = Int32(truncatingIfNeeded: firstNow.count)
          seen[key] = numbers[index]
          firstNow.append(places[index])
        }
      }
      first = firstNow
    }
    return (first.map { labels(at: $0).kept(keys) }, numbers)
  }

  /// Every label key that some series among these have, by rising bytes.
  func keys(of places: [Int32]) -> [String] {
    columns.filter { column in places.contains { column.places[Int($0)] >= 0 } }.map(\.key)
  }
}
