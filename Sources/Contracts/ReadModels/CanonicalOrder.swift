/// The one order in which the samples of a series lie: by time, then by value in the total order of IEEE 754 (§5.10 of
/// the 2019 edition): -NaN, -infinity … -0.0, 0.0 … infinity, NaN, and NaNs by their payload.
package enum CanonicalOrder {
  /// A number that orders as the values do.
  @inlinable
  package static func key(_ value: Double) -> Int64 {
    let bits = Int64(bitPattern: value.bitPattern)
    return bits ^ ((bits &>> 63) & Int64.max)
  }

  /// Whether the first sample lies strictly before the second.
  @inlinable
  package static func precedes(_ time: Int64, _ value: Double, _ otherTime: Int64, _ otherValue: Double) -> Bool {
    time != otherTime ? time < otherTime : key(value) < key(otherValue)
  }
}
