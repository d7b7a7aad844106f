import ReadModels

/// The unfolded part of the tail in memory, as it stands in the table: packed rows per page, and the pages in the order
/// in which they got their oldest row.
struct HeldTail {
  /// A row of `tail`.
  struct Row {
    let sequence: Int64
    let samples: Int
    let changes: [UInt8]
  }

  /// What a fold takes of a page: its `rows` oldest rows.
  struct Portion {
    let page: SeriesPage
    let rows: ArraySlice<Row>
  }

  private struct Page {
    var rows: [Row] = []
    /// When `age` first saw the page, monotonic nanoseconds; nil until then.
    var since: UInt64?
  }

  /// Memory that a row takes beside its bytes.
  private static let rowOverhead = 64

  private var pages: [SeriesPage: Page] = [:]
  /// From `head` on: the keys of `pages`, oldest first.
  private var order: [SeriesPage] = []
  private var head = 0
  /// Samples of all rows.
  private(set) var samples = 0
  /// Memory of all rows, about.
  private(set) var bytes = 0

  var isEmpty: Bool { pages.isEmpty }

  /// Adds a page's newest row.
  mutating func append(_ row: Row, to page: SeriesPage) {
    if pages[page] == nil { order.append(page) }
    pages[page, default: Page()].rows.append(row)
    samples += row.samples
    bytes += row.changes.count + Self.rowOverhead
  }

  /// The oldest rows of the oldest pages, within limits but at least one row. Only the last page may be there in part.
  func oldest(pagesLimit: Int, samplesLimit: Int) -> [Portion] {
    var portions: [Portion] = []
    var taken = 0
    for page in order[head...].prefix(pagesLimit) {
      guard let rows = pages[page]?.rows else { preconditionFailure("BUG: page \(page) is queued without rows") }
      var end = 0
      while end < rows.count, taken == 0 || taken + rows[end].samples <= samplesLimit {
        taken += rows[end].samples
        end += 1
      }
      if end > 0 { portions.append(Portion(page: page, rows: rows[..<end])) }
      if end < rows.count { break }
    }
    return portions
  }

  /// Drops what `oldest` gave, once it is folded. Nothing was appended meanwhile.
  mutating func remove(_ portions: [Portion]) {
    for portion in portions {
      guard var held = pages[portion.page], order[head] == portion.page else {
        preconditionFailure("BUG: folded page \(portion.page), which is not the oldest")
      }
      for row in portion.rows { forgetSize(of: row) }
      if portion.rows.count == held.rows.count {
        pages.removeValue(forKey: portion.page)
        head += 1
      } else {
        held.rows.removeFirst(portion.rows.count)
        pages[portion.page] = held
      }
    }
    if head > 1_024, head * 2 > order.count {
      order.removeFirst(head)
      head = 0
    }
  }

  mutating func removeAll(shard: Int32) {
    for page in order[head...] where page.shard == shard {
      for row in pages.removeValue(forKey: page)?.rows ?? [] { forgetSize(of: row) }
    }
    order = order[head...].filter { $0.shard != shard }
    head = 0
  }

  /// How long ago the oldest page was first seen here, in nanoseconds; nil when there is none.
  mutating func age(at now: UInt64) -> UInt64? {
    guard head < order.count else { return nil }
    stampNew(now)
    return pages[order[head]]?.since.map { now &- $0 }
  }

  /// When `age` first saw the oldest page, monotonic nanoseconds; nil when there is none, or it was never asked.
  var oldestSince: UInt64? { head < order.count ? pages[order[head]]?.since : nil }

  /// New pages are at the end of the order, so this stops at the first that has been seen.
  private mutating func stampNew(_ now: UInt64) {
    for page in order[head...].reversed() {
      if pages[page]?.since != nil { return }
      pages[page]?.since = now
    }
  }

  private mutating func forgetSize(of row: Row) {
    samples -= row.samples
    bytes -= row.changes.count + Self.rowOverhead
  }
}
