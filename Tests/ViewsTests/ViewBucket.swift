import Postgres

/// A row of the views `hours` and `days`, or what should stand in one.
struct ViewBucket: Hashable {
  var count: Int64 = 0
  var samples: Int64 = 0
  var sum: Double?
  var min: Double?
  var max: Double?
  var first: Double?
  var firstAt: Int64?
  var last: Double?
  var lastAt: Int64?
  var avg: Double?

  /// Where it stands: name, label `host`, and the start in seconds since 1970.
  struct Place: Hashable {
    let name: String
    let host: String
    let start: Int64
  }

  /// Adds a sample that is later than all before it.
  mutating func add(_ value: Double, at time: Int64) {
    samples += 1
    if value.isNaN { return }
    count += 1
    sum = (sum ?? 0) + value
    min = Swift.min(min ?? value, value)
    max = Swift.max(max ?? value, value)
    if first == nil { (first, firstAt) = (value, time) }
    (last, lastAt) = (value, time)
    avg = (sum ?? 0) / Double(count)
  }

  /// The rows of `daybook.hours` or `daybook.days`.
  static func rows(of view: String, _ connection: PostgresConnection) throws -> [Place: ViewBucket] {
    let rows = try connection.query(
      sql: """
        SELECT name, labels->>'host', extract(epoch FROM \(view.dropLast()))::bigint, count, samples, sum, min, max,
          first, first_at_ns, last, last_at_ns, avg FROM daybook.\(view)
        """)
    var found: [Place: ViewBucket] = [:]
    for row in 0..<rows.rowCount {
      func double(_ column: Int) throws -> Double? { rows.isNull(row, column) ? nil : try rows.double(row, column) }
      func int64(_ column: Int) throws -> Int64? { rows.isNull(row, column) ? nil : try rows.int64(row, column) }
      let place = Place(
        name: try rows.text(row, 0), host: rows.isNull(row, 1) ? "" : try rows.text(row, 1),
        start: try rows.int64(row, 2))
      found[place] = ViewBucket(
        count: try rows.int64(row, 3), samples: try rows.int64(row, 4), sum: try double(5), min: try double(6),
        max: try double(7), first: try double(8), firstAt: try int64(9), last: try double(10), lastAt: try int64(11),
        avg: try double(12))
    }
    return found
  }
}
