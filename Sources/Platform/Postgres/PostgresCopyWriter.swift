/// Rows on their way into a table, in COPY's binary format. Each row begins with `beginRow` and has then exactly as many
/// field calls; the field's type must be the column's, the server converts nothing here.
package struct PostgresCopyWriter {
  private let connection: PostgresConnection
  private let what: PostgresAction
  private var bytes = PostgresBytes(capacity: Self.pieceSize + 1_024)
  private var fieldsDue = 0

  /// One CopyData message; libpq's own send buffer begins to flush at the same size.
  static let pieceSize = 64 * 1_024

  init(_ connection: PostgresConnection, what: PostgresAction) {
    self.connection = connection
    self.what = what
    // Signature, flags, length of the header's extension.
    bytes.put([0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00])
    bytes.put(Int32(0))
    bytes.put(Int32(0))
  }

  package mutating func beginRow(fieldCount: Int) throws(PostgresError) {
    precondition(fieldsDue == 0, "BUG: a row of COPY lacks \(fieldsDue) fields")
    if bytes.count >= Self.pieceSize { try send() }
    fieldsDue = fieldCount
    bytes.put(Int16(truncatingIfNeeded: fieldCount))
  }

  package mutating func null() { length(-1) }

  package mutating func bool(_ value: Bool?) {
    guard let value else { return null() }
    length(1)
    bytes.put(value ? 1 as UInt8 : 0)
  }

  package mutating func int16(_ value: Int16?) {
    guard let value else { return null() }
    length(2)
    bytes.put(value)
  }

  package mutating func int32(_ value: Int32?) {
    guard let value else { return null() }
    length(4)
    bytes.put(value)
  }

  package mutating func int64(_ value: Int64?) {
    guard let value else { return null() }
    length(8)
    bytes.put(value)
  }

  package mutating func double(_ value: Double?) {
    guard let value else { return null() }
    length(8)
    bytes.put(value.bitPattern)
  }

  package mutating func uuid(_ high: UInt64, _ low: UInt64) {
    length(16)
    bytes.put(high)
    bytes.put(low)
  }

  package mutating func text(_ value: String?) {
    guard let value else { return null() }
    length(value.utf8.count)
    bytes.put(value)
  }

  package mutating func bytes(_ value: [UInt8]?) {
    guard let value else { return null() }
    length(value.count)
    bytes.put(value)
  }

  package mutating func bytes(_ value: UnsafeRawBufferPointer) {
    length(value.count)
    bytes.put(value)
  }

  /// Any value in its type's binary format, as a parameter or a result would have it.
  package mutating func field(_ value: UnsafeRawBufferPointer) { bytes(value) }

  private mutating func length(_ count: Int) {
    precondition(fieldsDue > 0, "BUG: a row of COPY has too many fields")
    fieldsDue -= 1
    bytes.put(Int32(truncatingIfNeeded: count))
  }

  /// The trailer and what is left.
  mutating func finish() throws(PostgresError) {
    precondition(fieldsDue == 0, "BUG: a row of COPY lacks \(fieldsDue) fields")
    bytes.put(Int16(-1))
    try send()
  }

  private mutating func send() throws(PostgresError) {
    try connection.putCopyData(UnsafeRawBufferPointer(start: bytes.base, count: bytes.count), what)
    bytes.removeAll()
  }
}
