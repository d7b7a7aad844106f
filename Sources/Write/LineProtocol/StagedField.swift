/// A field of the line at hand, until the whole line is known to be good.
struct StagedField {
  /// A value for the column `series`, or `unresolved`.
  var series: Int64
  var shard: Int32
  /// The bytes of the name as sent, escapes and all. Borrowed from the body, or from an entry of a table.
  var name: UnsafeRawPointer
  var nameCount: Int
  var value: Double

  /// No series has it: ids are ≥ 0 and references to new series are small negative numbers.
  static let unresolved = Int64.min
}
