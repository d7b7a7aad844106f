package import ColumnCodec

/// Why rows of a read model could not be used. The same rows fail again: none of it is worth a retry. Holds no values, so
/// its text is safe to show.
package enum ReadModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Packed bytes of `what` are damaged.
  case damaged(what: String, ColumnError)
  /// The packed bytes are sound and break a rule of their format.
  case malformed(what: String, String)
  /// A row that the computation needs was not handed in, or contradicts another: the caller's query, or the tables.
  case missing(String)

  /// A minute of a series would get more samples than `PackedSamples.countLimit`.
  case tooDense(minute: Int32, samples: Int)

  package var description: String {
    switch self {
    case .damaged(let what, let error): "cannot read \(what): \(error); rebuild the projection"
    case .malformed(let what, let rule): "cannot read \(what): \(rule); rebuild the projection"
    case .tooDense(let minute, let samples):
      """
      cannot fold minute \(minute) since 1970 of a series: expected at most \(PackedSamples.countLimit) samples, \
      actual \(samples); spread them over more series
      """
    case .missing(let row): "cannot compute buckets: expected \(row), actual none"
    }
  }
}
