import Events
import Postgres
import ReadModels

/// The tail of one page as a snapshot sees it: what was flushed and is not folded yet.
struct PageTail {
  /// Up to which sequence the page is folded.
  let folded: Int64
  /// The first part of it, unpacked.
  let chain: TailChain
  /// The rows behind the chain, packed, by rising sequence: where they are too many to be unpacked whole.
  let packed: [(rows: PostgresResult, row: Int)]

  var isEmpty: Bool { chain.stretches.isEmpty && packed.isEmpty }

  /// Whether it may have a sample in `range`.
  func mayTouch(_ range: ClosedRange<Int64>) -> Bool {
    !packed.isEmpty || chain.stretches.contains { $0.changes.mayTouch(range) }
  }

  /// What it does to the series at some slots within `range`, and perhaps beside it; all series for nil.
  func forEachSeries(
    _ slots: SlotSet?, in range: ClosedRange<Int64>, _ body: (UInt16, SeriesChanges) throws(ReadFailure) -> Void
  ) throws(ReadFailure) {
    let stretches = chain.stretches.map(\.changes).filter { $0.mayTouch(range) }
    if packed.isEmpty {
      var touched = SlotSet()
      for stretch in stretches {
        for slot in stretch.slots where !touched.contains(slot) && slots?.contains(slot) ?? true {
          touched.insert(slot)
          if let changes = ResolvedChanges.changes(of: slot, in: stretches) { try body(slot, changes) }
        }
      }
      return
    }
    var page = PageChanges()
    for stretch in stretches {
      for slot in stretch.slots where slots?.contains(slot) ?? true { stretch.append(slot, to: &page) }
    }
    for (rows, row) in packed { try Self.unpack(rows, row, slots, into: &page) }
    try page.forEachSeries { (slot, changes) throws(ReadFailure) in try body(slot, changes) }
  }

  /// The times of the first and last number that it has of each series: a series may come several times. What one part of
  /// the tail puts a NaN in the place of counts still.
  func forEachSpan(_ body: (UInt16, TimelineSpan) throws(ReadFailure) -> Void) throws(ReadFailure) {
    for stretch in chain.stretches { try stretch.changes.forEachSpanOfNumbers(body) }
    if packed.isEmpty { return }
    var page = PageChanges()
    for (rows, row) in packed { try Self.unpack(rows, row, into: &page) }
    try ResolvedChanges(page).forEachSpanOfNumbers(body)
  }

  static func unpack(
    _ rows: PostgresResult, _ row: Int, _ slots: SlotSet? = nil, into page: inout PageChanges
  ) throws(ReadFailure) {
    let bytes = try ReadFailure.ofStore { () throws(PostgresError) in try rows.bytes(row, PageTailRows.changes) }
    do {
      try TailRow.decode(bytes, slots: slots, into: &page)
    } catch {
      throw .content(error)
    }
    withExtendedLifetime(rows) {}
  }
}
