/// The metrics as docs/OPERATING.md lists them.
struct MetricsTable {
  struct Row {
    let name: String
    let type: String
    let labels: Set<String>
  }

  private let rows: [String: [Row]]

  var all: [Row] { rows.values.flatMap { $0 } }

  /// What `process` exposes: its own table and that of every process.
  func rows(of process: String) -> [Row] { (rows["every"] ?? []) + (rows[process] ?? []) }

  static func read() throws -> MetricsTable {
    var rows: [String: [Row]] = [:]
    for (process, heading) in [
      ("every", "### Every process"), ("command", "### Command service"), ("projector", "### Projector"),
      ("query", "### Query service"), ("relay", "### Relay"), ("kafka", "### Projector over Kafka"),
    ] {
      rows[process] = try OperatingGuide.section(heading).split(separator: "\n").compactMap(row)
    }
    return MetricsTable(rows: rows)
  }

  /// | `name` | type | `label`, `label` | meaning |
  private static func row(_ line: Substring) -> Row? {
    let cells = line.split(separator: "|").map { $0.trimming(" ") }
    guard line.hasPrefix("| `"), cells.count >= 4 else { return nil }
    let labels = cells[2].split(separator: ",").map { String($0.trimming(" ").trimming("`")) }
    return Row(
      name: String(cells[0].trimming("`")), type: String(cells[1]), labels: Set(labels.filter { !$0.isEmpty }))
  }
}

extension Substring {
  fileprivate func trimming(_ character: Character) -> Substring {
    var rest = self
    while rest.first == character { rest.removeFirst() }
    while rest.last == character { rest.removeLast() }
    return rest
  }
}
