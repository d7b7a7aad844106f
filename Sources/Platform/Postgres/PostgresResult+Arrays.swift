/// One-dimensional arrays out of a result. Another element type, a second dimension or, where the method does not return
/// optionals, a NULL is an error.
extension PostgresResult {
  package func int32Array(_ row: Int, _ column: Int) throws(PostgresError) -> [Int32] {
    try whole(row, column, PostgresType.int32) {
      $0.count == 4 ? Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) : nil
    }
  }

  package func int64Array(_ row: Int, _ column: Int) throws(PostgresError) -> [Int64] {
    try whole(row, column, PostgresType.int64, Self.int64)
  }

  package func optionalInt64Array(_ row: Int, _ column: Int) throws(PostgresError) -> [Int64?] {
    try elements(row, column, PostgresType.int64, Self.int64)
  }

  package func doubleArray(_ row: Int, _ column: Int) throws(PostgresError) -> [Double] {
    try whole(row, column, PostgresType.double) { bytes in
      Self.int64(bytes).map { Double(bitPattern: UInt64(bitPattern: $0)) }
    }
  }

  package func byteaArray(_ row: Int, _ column: Int) throws(PostgresError) -> [[UInt8]] {
    try whole(row, column, PostgresType.bytea) { [UInt8]($0) }
  }

  package func optionalByteaArray(_ row: Int, _ column: Int) throws(PostgresError) -> [[UInt8]?] {
    try elements(row, column, PostgresType.bytea) { [UInt8]($0) }
  }

  package func textArray(_ row: Int, _ column: Int) throws(PostgresError) -> [String] {
    try whole(row, column, PostgresType.text, Self.text)
  }

  package func optionalTextArray(_ row: Int, _ column: Int) throws(PostgresError) -> [String?] {
    try elements(row, column, PostgresType.text, Self.text)
  }

  private static func int64(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    bytes.count == 8 ? Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)) : nil
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
    String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self)
  }

  private func whole<Value>(
    _ row: Int, _ column: Int, _ type: UInt32, _ read: (UnsafeRawBufferPointer) -> Value?
  ) throws(PostgresError) -> [Value] {
    let optional = try elements(row, column, type, read)
    let whole = optional.compactMap { $0 }
    guard whole.count == optional.count else {
      throw PostgresError.shape(row, column, expected: "an array without NULL", actual: "one with NULL")
    }
    return whole
  }

  private func elements<Value>(
    _ row: Int, _ column: Int, _ type: UInt32, _ read: (UnsafeRawBufferPointer) -> Value?
  ) throws(PostgresError) -> [Value?] {
    defer { stayAlive() }
    let bytes = try bytes(row, column)
    func wrong(_ actual: String) -> PostgresError {
      PostgresError.shape(row, column, expected: "an array of type \(type) with one dimension", actual: actual)
    }
    func number(_ offset: Int) -> Int {
      Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }
    guard bytes.count >= 12, number(8) == Int(type) else { throw wrong("another value") }
    if number(0) == 0 { return [] }
    guard number(0) == 1, bytes.count >= 20 else { throw wrong("\(number(0)) dimensions") }
    let count = number(12)
    // Each element has at least its length: no count beyond that is believed.
    guard count >= 0, count <= (bytes.count - 20) / 4 else { throw wrong("\(count) elements") }
    var values: [Value?] = []
    values.reserveCapacity(count)
    var offset = 20
    for _ in 0..<count {
      guard offset + 4 <= bytes.count else { throw wrong("a damaged array") }
      let length = number(offset)
      offset += 4
      if length == -1 {
        values.append(nil)
        continue
      }
      guard length >= 0, length <= bytes.count - offset,
        let value = read(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
      else { throw wrong("a damaged array") }
      values.append(value)
      offset += length
    }
    return values
  }
}
