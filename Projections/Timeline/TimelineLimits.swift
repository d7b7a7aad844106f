import ReadModels

/// How much of the tail is held, for how long, and how much of it one fold takes.
package struct TimelineLimits: Sendable {
  /// Samples in the unfolded tail at which nothing else is done before it is folded: 8 million are about 16 MB packed.
  package var heldSamplesLimit = 8_000_000
  /// The same in bytes, for data that packs badly or comes in very small flushes.
  package var heldBytesLimit = 128 << 20
  /// Samples of one shard that are packed together, and so of one row: what a flush has more goes into further rows.
  package var rowSamplesLimit = 1 << 20
  /// The age of the oldest unfolded change at which it is folded under load, too. A longer one writes hours less often,
  /// and queries read more.
  package var foldAge = Duration.seconds(30)
  /// Samples of one slice of a fold between flushes; a single row of the tail with more goes alone. About 30 ms of
  /// unpacking and packing.
  package var sliceSamplesLimit = 262_144
  /// The same when no flush waits. The rows of a page's hours are written once for each slice that the page is cut into.
  package var quietSliceSamplesLimit = 1 << 20
  /// Pages of one slice of a fold: 8 pages have up to 8,192 series, whose hours take about 60 ms to write.
  package var slicePagesLimit = 8
  /// How long folded rows are kept for those who follow the tail.
  package var keepFolded = TimelineTables.keepFolded
  /// Pages whose folded rows one transaction deletes.
  package var deletePagesLimit = 1_024

  package static let standard = TimelineLimits()

  package init() {}
}
