import Events
import Postgres
import ReadModels

/// The tail of the pages that a query's series lie in: what was flushed and is not folded yet, still packed. It is
/// unpacked for some series at a time, so that a full tail (8 million samples, about 20 MB packed) is never unpacked whole.
struct TailRows {
  private let rows: PostgresResult?
  private let shards: Int
  /// The rows of each page, in the order in which they are to be applied.
  private let rowsOfPage: [SeriesPage: Range<Int>]

  /// The tail of the pages in which `series` lie; one statement.
  init(_ snapshot: ReadSnapshot, series: [SeriesID]) throws(ReadFailure) {
    let shards = snapshot.store.shards
    let pages = Set(series.map { SeriesPage(of: $0, shards: shards) })
    try self.init(snapshot, pages: pages.sorted { ($0.shard, $0.page) < ($1.shard, $1.page) })
  }

  init(_ snapshot: ReadSnapshot, pages: [SeriesPage]) throws(ReadFailure) {
    shards = snapshot.store.shards
    guard !pages.isEmpty else {
      (rows, rowsOfPage) = (nil, [:])
      return
    }
    let schema = snapshot.progress.timeline.schema
    var parameters = PostgresParameters()
    parameters.int32Array(pages.map(\.shard))
    parameters.int32Array(pages.map(\.page))
    let result = try snapshot.query(
      PostgresStatement("tail \(schema)", TimelineTables.tailOfPages(schema: schema)), parameters)
    rows = result
    rowsOfPage = try ReadFailure.ofStore { () throws(PostgresError) in try Self.index(result) }
  }

  /// All pages that have something in the tail.
  static func unfoldedPages(_ snapshot: ReadSnapshot) throws(ReadFailure) -> [SeriesPage] {
    let schema = snapshot.progress.timeline.schema
    let rows = try snapshot.query(
      PostgresStatement(
        "tail pages \(schema)",
        """
        SELECT DISTINCT t.shard, t.page FROM \(schema).\(TimelineTables.tail) t
        LEFT JOIN \(schema).\(TimelineTables.folded) f ON f.shard = t.shard AND f.page = t.page
        WHERE t.sequence > COALESCE(f.sequence, 0) ORDER BY t.shard, t.page
        """))
    return try ReadFailure.ofStore { () throws(PostgresError) in
      var pages: [SeriesPage] = []
      for row in 0..<rows.rowCount { pages.append(try page(rows, row)) }
      return pages
    }
  }

  var isEmpty: Bool { rowsOfPage.isEmpty }

  /// What the tail does to each of these series; those that it does not touch are not in the result.
  func changes(of series: some Sequence<SeriesID>) throws(ReadFailure) -> [SeriesID: SeriesChanges] {
    guard let rows, !isEmpty else { return [:] }
    var slots: [SeriesPage: SlotSet] = [:]
    for id in series {
      let page = SeriesPage(of: id, shards: shards)
      guard rowsOfPage[page] != nil else { continue }
      slots[page, default: SlotSet()].insert(SeriesPage.slot(of: id, shards: shards))
    }
    var changes: [SeriesID: SeriesChanges] = [:]
    for (page, wanted) in slots {
      var unpacked = try unpack(rows, rowsOfPage[page] ?? 0..<0, wanted)
      unpacked.forEachSeries { slot, change in changes[page.series(at: slot, shards: shards)] = change }
    }
    return changes
  }

  /// Calls `body` for every series that the tail touches, page by page.
  func forEachSeries(_ body: (SeriesID, SeriesChanges) throws(ReadFailure) -> Void) throws(ReadFailure) {
    guard let rows else { return }
    for (page, range) in rowsOfPage {
      var unpacked = try unpack(rows, range, nil)
      try unpacked.forEachSeries { (slot, changes) throws(ReadFailure) in
        try body(page.series(at: slot, shards: shards), changes)
      }
    }
  }

  private func unpack(
    _ rows: PostgresResult, _ range: Range<Int>, _ slots: SlotSet?
  ) throws(ReadFailure) -> PageChanges {
    var page = PageChanges()
    for row in range {
      let bytes = try ReadFailure.ofStore { () throws(PostgresError) in try rows.bytes(row, 3) }
      do {
        try TailRow.decode(bytes, slots: slots, into: &page)
      } catch {
        throw .content(error)
      }
    }
    return withExtendedLifetime(rows) { page }
  }

  private static func index(_ rows: PostgresResult) throws(PostgresError) -> [SeriesPage: Range<Int>] {
    var index: [SeriesPage: Range<Int>] = [:]
    var start = 0
    while start < rows.rowCount {
      let page = try page(rows, start)
      var end = start + 1
      while end < rows.rowCount, try Self.page(rows, end) == page { end += 1 }
      index[page] = start..<end
      start = end
    }
    return index
  }

  private static func page(_ rows: PostgresResult, _ row: Int) throws(PostgresError) -> SeriesPage {
    SeriesPage(shard: try rows.int32(row, 0), page: try rows.int32(row, 1))
  }
}
