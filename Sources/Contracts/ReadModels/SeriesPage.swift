package import Events

/// A page of a shard: 1,024 series whose numbers in the shard follow each other. One row of `tail` holds what one flush
/// changed in one page, so that a flush writes few rows and a query for one series reads few bytes.
package struct SeriesPage: Hashable, Sendable {
  package let shard: Int32
  package let page: Int32

  package static let seriesCount = 1_024
  /// Numbers of series in a shard are below this: a page's number is an Int32.
  package static let indexLimit: Int64 = 1 << 41

  package init(shard: Int32, page: Int32) {
    self.shard = shard
    self.page = page
  }

  /// The page of a series.
  package init(of series: SeriesID, shards: Int) {
    shard = Int32(truncatingIfNeeded: series.shard(of: shards))
    page = SeriesPage.page(ofIndex: series.index(of: shards))
  }

  /// The page of the series with this number in its shard.
  @inlinable @inline(__always)
  package static func page(ofIndex index: Int64) -> Int32 { Int32(truncatingIfNeeded: index &>> 10) }

  /// The place in its page of the series with this number in its shard: 0 ..< 1,024.
  @inlinable @inline(__always)
  package static func slot(ofIndex index: Int64) -> UInt16 { UInt16(truncatingIfNeeded: index & 1_023) }

  /// The place of a series in its page.
  package static func slot(of series: SeriesID, shards: Int) -> UInt16 { slot(ofIndex: series.index(of: shards)) }

  /// The series at a place of this page.
  package func series(at slot: UInt16, shards: Int) -> SeriesID {
    SeriesID(index: Int64(page) << 10 | Int64(slot), shard: Int(shard), shards: shards)
  }
}
