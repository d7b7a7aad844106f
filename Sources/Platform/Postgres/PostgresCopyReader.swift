/// Cuts COPY's binary stream into rows. The server sends a row per message, but the protocol does not promise it.
struct PostgresCopyReader {
  private let what: PostgresAction
  private var pending: [UInt8] = []
  private var sawHeader = false
  private var sawTrailer = false

  init(what: PostgresAction) { self.what = what }

  mutating func take(
    _ piece: UnsafeRawBufferPointer, _ row: (PostgresCopyRow) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    if pending.isEmpty {
      let used = try rows(in: piece, row)
      pending.append(contentsOf: piece[used...])
    } else {
      pending.append(contentsOf: piece)
      let joined = pending
      let used = try joined.withUnsafeBufferPointer { bytes throws(PostgresError) -> Int in
        try rows(in: UnsafeRawBufferPointer(bytes), row)
      }
      pending.removeFirst(used)
    }
  }

  func finish() throws(PostgresError) {
    guard sawTrailer, pending.isEmpty else { throw PostgresError(what, message: "COPY's stream ended too early") }
  }

  /// Hands on every whole row and returns how many bytes they took.
  private mutating func rows(
    in bytes: UnsafeRawBufferPointer, _ row: (PostgresCopyRow) throws(PostgresError) -> Void
  ) throws(PostgresError) -> Int {
    var offset = 0
    if !sawHeader {
      guard bytes.count >= 19 else { return 0 }
      let extensionLength = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 15, as: Int32.self)))
      guard bytes[0] == 0x50, extensionLength >= 0 else {
        throw PostgresError(what, message: "COPY's stream begins with something else than its header")
      }
      guard bytes.count >= 19 + extensionLength else { return 0 }
      sawHeader = true
      offset = 19 + extensionLength
    }
    while !sawTrailer, let (fields, end) = try fields(in: bytes, at: offset) {
      if sawTrailer { return end }
      try row(PostgresCopyRow(bytes, fields))
      offset = end
    }
    return offset
  }

  /// The fields of the row at `start` and where the next begins; nil when the row is not whole yet.
  private mutating func fields(
    in bytes: UnsafeRawBufferPointer, at start: Int
  ) throws(PostgresError) -> (fields: [(start: Int, length: Int)], end: Int)? {
    guard bytes.count >= start + 2 else { return nil }
    let count = Int(Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: Int16.self)))
    if count == -1 {
      sawTrailer = true
      return ([], start + 2)
    }
    guard count >= 0 else { throw PostgresError(what, message: "a COPY row of \(count) fields") }
    var fields: [(start: Int, length: Int)] = []
    fields.reserveCapacity(count)
    var offset = start + 2
    for _ in 0..<count {
      guard bytes.count >= offset + 4 else { return nil }
      let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
      offset += 4
      guard length >= -1 else { throw PostgresError(what, message: "a COPY field of \(length) bytes") }
      fields.append((offset, length))
      offset += max(0, length)
      guard bytes.count >= offset else { return nil }
    }
    return (fields, offset)
  }
}
