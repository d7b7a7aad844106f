import Runtime

/// Where the columns stand that are sent, by index from 0.
struct CSVLayout: Sendable, Equatable {
  /// The most columns that are looked at.
  static let columnLimit = 10_000

  let time: Int
  let values: [Int]
  let labels: [Int]

  /// The highest index of a column that every row must have: time and values. A row may end before its labels.
  var lastNeeded: Int { max(time, values.max() ?? 0) }

  /// `header`: the names of the first row, nil without one.
  init(_ settings: CSVSettings, header: [String]?) throws(SendError) {
    let header = header?.map(Self.trimmed)
    time = try Self.index(settings.time, header, "--time")
    var values: [Int] = []
    for value in settings.values { values.append(try Self.index(value.column, header, "--value")) }
    var labels: [Int] = []
    for label in settings.labelColumns { labels.append(try Self.index(label.column, header, "--label-column")) }
    self.values = values
    self.labels = labels
  }

  private static func index(_ column: CSVColumn, _ header: [String]?, _ flag: String) throws(SendError) -> Int {
    switch column {
    case .number(let number): return number - 1
    case .name(let name):
      let header = header ?? []
      let found = header.indices.filter { header[$0] == trimmed(name) }
      guard let first = found.first else {
        let names = header.prefix(50).map { "'\($0)'" }.joined(separator: ", ")
        throw SendError(
          "cannot find the column of \(flag) '\(name)' in the first line, which has \(names): name one of these, "
            + "say --delimiter where they are not apart, or --no-header where the first line is data already")
      }
      guard found.count == 1 else {
        throw SendError(
          "the column of \(flag) '\(name)' is in the first line \(found.count) times: give the columns other names")
      }
      return first
    }
  }

  private static func trimmed(_ text: String) -> String {
    let space: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(text.drop(while: space).reversed().drop(while: space).reversed())
  }
}
