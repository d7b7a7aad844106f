import Postgres
import ReadModels

/// What `TimelineTables.tailOfPages` answers, by page.
struct PageTailRows {
  static let changes = 4

  /// Per page asked for: up to where it is folded, and its rows by rising sequence.
  struct Page {
    var folded: Int64 = 0
    var rows: [(sequence: Int64, samples: Int, row: Int)] = []
  }

  let result: PostgresResult
  private(set) var pages: [Page]

  static func statement(_ schema: String) -> PostgresStatement {
    PostgresStatement("tail \(schema)", TimelineTables.tailOfPages(schema: schema))
  }

  /// - Parameter known: per page up to which sequence its rows are not wanted.
  static func parameters(_ pages: [SeriesPage], known: [Int64]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int32Array(pages.map(\.shard))
    parameters.int32Array(pages.map(\.page))
    parameters.int64Array(known)
    return parameters
  }

  /// - Parameter count: pages that were asked for.
  init(_ result: PostgresResult, count: Int) throws(PostgresError) {
    self.result = result
    pages = Array(repeating: Page(), count: count)
    for row in 0..<result.rowCount {
      let place = Int(try result.int64(row, 0)) - 1
      guard pages.indices.contains(place) else {
        throw PostgresError("read the tail", message: "page \(place) of \(count)")
      }
      pages[place].folded = try result.int64(row, 1)
      if result.isNull(row, 2) { continue }
      pages[place].rows.append((try result.int64(row, 2), Int(try result.int32(row, 3)), row))
    }
    for place in pages.indices { Self.sort(&pages[place].rows) }
  }

  private static func sort(_ rows: inout [(sequence: Int64, samples: Int, row: Int)]) {
    let isSorted = zip(rows, rows.dropFirst()).allSatisfy { $0.sequence < $1.sequence }
    if !isSorted { rows.sort { $0.sequence < $1.sequence } }
  }
}
