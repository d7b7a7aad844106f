/// Which times a sample may have, in nanoseconds since 1970 UTC.
package enum SampleTime {
  /// 1678-01-01T00:00:00Z.
  package static let first: Int64 = -9_214_560_000_000_000_000
  /// The last nanosecond of 2262-04-10: the last whole day that Int64 nanoseconds hold, so that the end of a sample's
  /// day is a number too.
  package static let last: Int64 = 9_223_286_399_999_999_999

  /// For people, in errors.
  package static let rangeText = "1678-01-01T00:00:00Z to 2262-04-10T23:59:59.999999999Z"

  @inlinable
  package static func isAccepted(_ nanoseconds: Int64) -> Bool {
    nanoseconds >= -9_214_560_000_000_000_000 && nanoseconds <= 9_223_286_399_999_999_999
  }
}
