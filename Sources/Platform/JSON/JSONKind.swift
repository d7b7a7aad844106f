/// What a JSON value is.
package enum JSONKind: Sendable {
  case object, array, string
  /// A number written as an integer (no fraction, no exponent) that fits in Int64 or UInt64.
  case integer
  /// Any other number.
  case decimal
  case bool, null
}
