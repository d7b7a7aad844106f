package import Events
package import Hashing

/// The numbers of series that are committed, as far as they are in memory. Any thread; never blocks on the database.
package protocol SeriesResolver: Sendable {
  /// The number of shards of the store.
  var shards: Int { get }

  /// Nil means only that it is not in memory: hand the series on as `NewSeries`.
  func lookup(_ fingerprint: XXH3.Hash128) -> SeriesID?
}
