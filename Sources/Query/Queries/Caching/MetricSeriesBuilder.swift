import Events

/// Builds a `MetricSeries` from series in any order.
struct MetricSeriesBuilder {
  private struct Column {
    let key: String
    var values: [String] = []
    var codes: [[UInt8]: Int32] = [:]
    var places: [Int32] = []
  }

  private var ids: [SeriesID] = []
  private var columns: [Column] = []
  private var columnOfKey: [[UInt8]: Int] = [:]
  /// The key and column of the label before: series list their labels in one order mostly.
  private var latest = -1
  /// Bytes of keys and values, with what a dictionary's entry takes.
  private var textBytes = 0

  private static let bytesPerText = 120

  init() {}

  /// What `known` has.
  init(_ known: MetricSeries) {
    ids = known.ids
    for column in known.columns {
      var copy = Column(key: column.key, values: column.values, places: column.places)
      for (code, value) in column.values.enumerated() {
        copy.codes[Array(value.utf8)] = Int32(truncatingIfNeeded: code)
        textBytes += value.utf8.count * 2 + Self.bytesPerText
      }
      columnOfKey[Array(column.key.utf8)] = columns.count
      columns.append(copy)
    }
  }

  /// The next series; its labels follow.
  mutating func add(_ id: SeriesID) { ids.append(id) }

  /// A label of the latest series; one with an empty value counts as none.
  mutating func addLabel(key: String, value: String) {
    if value.isEmpty { return }
    let column = column(key)
    let code = code(Array(value.utf8), value, column)
    let missing = ids.count - 1 - columns[column].places.count
    if missing > 0 { columns[column].places.append(contentsOf: repeatElement(-1, count: missing)) }
    columns[column].places.append(code)
  }

  func build(positions: [Int64]) -> MetricSeries {
    let order = ids.indices.sorted { ids[$0] < ids[$1] }
    let sorted = columns.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return MetricSeries(
      ids: order.map { ids[$0] },
      columns: sorted.map { column in
        MetricSeries.Column(
          key: column.key, values: column.values, codes: column.codes,
          places: order.map { $0 < column.places.count ? column.places[$0] : -1 })
      }, positions: positions, bytes: ids.count * (8 + 4 * columns.count) + textBytes)
  }

  private mutating func column(_ key: String) -> Int {
    let next = latest + 1
    if next < columns.count, columns[next].key.utf8.elementsEqual(key.utf8) {
      latest = next
      return next
    }
    let bytes = Array(key.utf8)
    latest = columnOfKey[bytes] ?? columns.count
    if latest == columns.count {
      columnOfKey[bytes] = latest
      columns.append(Column(key: key))
      textBytes += bytes.count * 2 + Self.bytesPerText
    }
    return latest
  }

  private mutating func code(_ bytes: [UInt8], _ value: String, _ column: Int) -> Int32 {
    if let code = columns[column].codes[bytes] { return code }
    let code = Int32(truncatingIfNeeded: columns[column].values.count)
    columns[column].codes[bytes] = code
    columns[column].values.append(value)
    textBytes += bytes.count * 2 + Self.bytesPerText
    return code
  }
}
