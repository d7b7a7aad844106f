/// Now, as the engine tells its folds, which read no clock themselves.
package struct ProjectionMoment: Sendable {
  /// Nanoseconds since 1970: for what is written into rows and compared there.
  package let wall: Int64
  /// Nanoseconds since some fixed moment, never going back: for ages in memory.
  package let monotonic: UInt64

  package init(wall: Int64, monotonic: UInt64) {
    self.wall = wall
    self.monotonic = monotonic
  }
}
