/// Labels as Postgres' `jsonb` takes them in binary (`jsonb_recv`): one byte of version, 1, then the JSON text.
enum LabelsJSON {
  /// `texts` are key, value, key, value …, in UTF-8 without NUL, as a `SeriesKey` has them.
  static func binary(_ texts: some Collection<UnsafeRawBufferPointer>) -> [UInt8] {
    var bytes: [UInt8] = [1, 0x7B]
    var isKey = true
    for text in texts {
      if isKey, bytes.count > 2 { bytes.append(0x2C) }
      quote(text, into: &bytes)
      if isKey { bytes.append(0x3A) }
      isKey.toggle()
    }
    bytes.append(0x7D)
    return bytes
  }

  /// A JSON string, RFC 8259 §7.
  private static func quote(_ text: UnsafeRawBufferPointer, into bytes: inout [UInt8]) {
    bytes.append(0x22)
    for byte in text {
      switch byte {
      case 0x22, 0x5C: bytes += [0x5C, byte]
      case 0..<0x20:
        bytes += [0x5C, 0x75, 0x30, 0x30, hexDigit(byte >> 4), hexDigit(byte & 15)]
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
