import ReadModels

/// What is kept of the main part of one page of series, as it is with its tail folded up to one sequence. Never changes.
///
/// The rows of a page's series change in no transaction but one that folds the page's tail, and that moves the page's
/// `folded`. And they are a function of the events up to there, however these came. So what was read in one snapshot holds
/// in every other in which `folded` is the same. A bucket's row is a function of its samples alone: those of buckets that a
/// fold's changes do not touch hold after it, too.
final class CachedPage: Sendable {
  let folded: Int64
  /// By kind, then by slot; a kind of which there is nothing is empty.
  private let rows: [[SeriesRows?]]
  let bytes: Int

  init(folded: Int64) {
    self.folded = folded
    rows = Array(repeating: [], count: RowKind.allCases.count)
    bytes = 0
  }

  private init(folded: Int64, rows: [[SeriesRows?]], bytes: Int) {
    (self.folded, self.rows, self.bytes) = (folded, rows, bytes)
  }

  func rows(_ kind: RowKind, _ slot: UInt16) -> SeriesRows? {
    let slots = rows[kind.rawValue]
    return slots.isEmpty ? nil : slots[Int(slot)]
  }

  /// With more rows; they take the place of those of the same series.
  func with(_ more: [(slot: UInt16, rows: SeriesRows)], of kind: RowKind) -> CachedPage {
    var rows = rows
    var bytes = bytes
    if rows[kind.rawValue].isEmpty {
      rows[kind.rawValue] = Array(repeating: nil, count: SeriesPage.seriesCount)
      bytes += SeriesPage.seriesCount * MemoryLayout<SeriesRows?>.stride
    }
    for (slot, new) in more {
      bytes += new.bytes - (rows[kind.rawValue][Int(slot)]?.bytes ?? 0)
      rows[kind.rawValue][Int(slot)] = new
    }
    return CachedPage(folded: folded, rows: rows, bytes: bytes)
  }

  /// What of it holds when the tail is folded further, up to `folded`, and the changes of `stretches` are among what was
  /// folded meanwhile, all of which they have.
  func folded(to folded: Int64, over stretches: [TailStretch]) -> CachedPage {
    var rows = rows
    var bytes = bytes
    for stretch in stretches {
      stretch.changes.forEachSpan { slot, first, last in
        for kind in RowKind.allCases where !rows[kind.rawValue].isEmpty {
          guard let old = rows[kind.rawValue][Int(slot)] else { continue }
          let left = old.without(kind.buckets(from: first, through: last))
          if left === old { continue }
          rows[kind.rawValue][Int(slot)] = left
          bytes += (left?.bytes ?? 0) - old.bytes
        }
      }
    }
    return CachedPage(folded: folded, rows: rows, bytes: bytes)
  }
}
