import ColumnCodec

extension SeriesKey {
  /// The rules for names and labels, applied to canonical bytes.
  static func validate(_ canonical: UnsafeRawBufferPointer) throws(SeriesKeyError) {
    var reader = ByteReader(canonical)
    try checkMetricName(try text(&reader))
    var labels = 0
    var last: UnsafeRawBufferPointer?
    while !reader.isAtEnd {
      let key = try text(&reader)
      let value = try text(&reader)
      labels += 1
      guard labels <= labelsLimit else { throw .tooManyLabels }
      try checkLabelName(key)
      if let last { try checkOrder(last, key) }
      try checkValue(value, of: key)
      last = key
    }
  }

  private static func text(_ reader: inout ByteReader) throws(SeriesKeyError) -> UnsafeRawBufferPointer {
    do throws(ColumnError) {
      let start = reader.position
      let count = try reader.count(limit: reader.bytes.count, of: "bytes of text")
      guard reader.position - start == ByteBuffer.varintSize(UInt64(count)) else { throw reader.truncated(0) }
      return try reader.take(count)
    } catch {
      throw .notCanonical
    }
  }

  private static func checkMetricName(_ bytes: UnsafeRawBufferPointer) throws(SeriesKeyError) {
    guard !bytes.isEmpty else { throw .nameEmpty }
    guard bytes.count <= nameLimit * 4 else { throw .nameTooLong }
    if bytes.count <= nameLimit, isPlain(bytes) { return }
    guard let name = String(validating: bytes, as: UTF8.self) else { throw .nameNotUTF8 }
    guard name.unicodeScalars.count <= nameLimit else { throw .nameTooLong }
    guard !name.unicodeScalars.contains(where: isControl) else { throw .nameControlCharacter }
  }

  private static func checkLabelName(_ bytes: UnsafeRawBufferPointer) throws(SeriesKeyError) {
    guard !bytes.isEmpty else { throw .labelNameEmpty }
    guard bytes.count <= nameLimit * 4 else { throw .labelNameTooLong }
    if bytes.count <= nameLimit, isPlain(bytes) { return }
    guard let name = String(validating: bytes, as: UTF8.self) else { throw .labelNameNotUTF8 }
    guard name.unicodeScalars.count <= nameLimit else { throw .labelNameTooLong }
    guard !name.unicodeScalars.contains(where: isControl) else { throw .labelNameControlCharacter }
  }

  /// `key` is a valid name.
  private static func checkValue(
    _ bytes: UnsafeRawBufferPointer, of key: UnsafeRawBufferPointer
  ) throws(SeriesKeyError) {
    guard !bytes.isEmpty else { throw .notCanonical }
    guard bytes.count <= valueLimit else { throw .labelValueTooLong(String(decoding: key, as: UTF8.self)) }
    if isPlain(bytes) { return }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .labelValueNotUTF8(String(decoding: key, as: UTF8.self))
    }
    // Postgres' text and jsonb cannot hold it.
    guard !bytes.contains(0) else { throw .labelValueNUL(String(decoding: key, as: UTF8.self)) }
  }

  private static func checkOrder(
    _ last: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer
  ) throws(SeriesKeyError) {
    if isBefore(last, key) { return }
    if last.elementsEqual(key) { throw .labelDuplicate(String(decoding: key, as: UTF8.self)) }
    throw .notCanonical
  }

  /// Printable ASCII only, as nearly all texts are: nothing more is to be asked of it but its length.
  private static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var isPlain = true
    for byte in bytes { isPlain = isPlain && byte &- 0x20 < 0x5F }
    return isPlain
  }

  /// Unicode's general category Cc.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
  }
}
