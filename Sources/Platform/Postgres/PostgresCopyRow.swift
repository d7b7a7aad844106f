/// One row of `copyOut`. Valid only within the call it is handed to. Fields are by index from 0; COPY's stream carries no
/// types, so only widths are checked.
package struct PostgresCopyRow {
  private let bytes: UnsafeRawBufferPointer
  /// Start and length of each field; length -1 is NULL.
  private let fields: [(start: Int, length: Int)]

  init(_ bytes: UnsafeRawBufferPointer, _ fields: [(start: Int, length: Int)]) {
    self.bytes = bytes
    self.fields = fields
  }

  package var count: Int { fields.count }

  package func isNull(_ index: Int) -> Bool {
    guard fields.indices.contains(index) else { return true }
    return fields[index].length < 0
  }

  package func bool(_ index: Int) throws(PostgresError) -> Bool {
    try field(index, width: 1).load(as: UInt8.self) != 0
  }

  package func int16(_ index: Int) throws(PostgresError) -> Int16 {
    Int16(bigEndian: try field(index, width: 2).loadUnaligned(as: Int16.self))
  }

  package func int32(_ index: Int) throws(PostgresError) -> Int32 {
    Int32(bigEndian: try field(index, width: 4).loadUnaligned(as: Int32.self))
  }

  package func int64(_ index: Int) throws(PostgresError) -> Int64 {
    Int64(bigEndian: try field(index, width: 8).loadUnaligned(as: Int64.self))
  }

  package func double(_ index: Int) throws(PostgresError) -> Double {
    Double(bitPattern: UInt64(bigEndian: try field(index, width: 8).loadUnaligned(as: UInt64.self)))
  }

  package func text(_ index: Int) throws(PostgresError) -> String {
    let value = try bytes(index)
    guard let text = String(validating: value.bindMemory(to: UInt8.self), as: UTF8.self) else {
      throw PostgresError("read field \(index) of a COPY row", message: "expected text in UTF-8, actual other bytes")
    }
    return text
  }

  package func bytes(_ index: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
    guard fields.indices.contains(index), fields[index].length >= 0 else {
      throw PostgresError("read field \(index) of a COPY row", message: "expected a value, actual NULL or no field")
    }
    let field = fields[index]
    return UnsafeRawBufferPointer(rebasing: bytes[field.start..<field.start + field.length])
  }

  package func byteArray(_ index: Int) throws(PostgresError) -> [UInt8] { [UInt8](try bytes(index)) }

  private func field(_ index: Int, width: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
    let value = try bytes(index)
    guard value.count == width else {
      throw PostgresError(
        "read field \(index) of a COPY row", message: "expected \(width) bytes, actual \(value.count)")
    }
    return value
  }
}
