import Events
import Postgres
import ReadModels

/// The tail of the pages that a query's series lie in, as the changes of series.
struct TailRows {
  private let shards: Int
  private let tails: [SeriesPage: PageTail]
  /// The pages with anything in them, by shard and page.
  private let touched: [SeriesPage]

  /// The tail of the pages in which `series` lie.
  init(_ snapshot: ReadSnapshot, series: [SeriesID]) throws(ReadFailure) {
    try self.init(snapshot, pages: SeriesPage.all(of: series, shards: snapshot.store.shards))
  }

  /// - Parameter pages: each once, by shard and page.
  init(_ snapshot: ReadSnapshot, pages: [SeriesPage]) throws(ReadFailure) {
    shards = snapshot.store.shards
    tails = try snapshot.tails(of: pages)
    touched = pages.filter { [tails] in !(tails[$0]?.isEmpty ?? true) }
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
      for row in 0..<rows.rowCount {
        pages.append(SeriesPage(shard: try rows.int32(row, 0), page: try rows.int32(row, 1)))
      }
      return pages
    }
  }

  var isEmpty: Bool { touched.isEmpty }

  /// Up to which sequence a page's tail is folded.
  func folded(_ page: SeriesPage) -> Int64 { tails[page]?.folded ?? 0 }

  /// What the tail does to each of these series, in `range` and perhaps beside it; those that it does not touch there need
  /// not be in the result.
  func changes(
    of series: some Sequence<SeriesID>, in range: ClosedRange<Int64> = .min ... .max
  ) throws(ReadFailure) -> [SeriesID: SeriesChanges] {
    if isEmpty { return [:] }
    var slots: [SeriesPage: SlotSet] = [:]
    for id in series {
      let page = SeriesPage(of: id, shards: shards)
      guard let tail = tails[page], tail.mayTouch(range) else { continue }
      slots[page, default: SlotSet()].insert(SeriesPage.slot(of: id, shards: shards))
    }
    var changes: [SeriesID: SeriesChanges] = [:]
    for (page, wanted) in slots {
      try tails[page]?.forEachSeries(wanted, in: range) { (slot, change) throws(ReadFailure) in
        changes[page.series(at: slot, shards: shards)] = change
      }
    }
    return changes
  }

  /// Calls `body` for the series in which the tail has numbers, page by page, with the times of the first and the last; as
  /// `PageTail.forEachSpan`.
  func forEachSpan(_ body: (SeriesID, TimelineSpan) throws(ReadFailure) -> Void) throws(ReadFailure) {
    for page in touched {
      try tails[page]?.forEachSpan { (slot, span) throws(ReadFailure) in
        try body(page.series(at: slot, shards: shards), span)
      }
    }
  }
}
