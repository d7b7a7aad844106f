/// Numbers as text, appended to bytes without a detour.
enum DecimalText {
  /// `12.34` for 1234; from 0 up.
  static func append(hundredths value: Int32, to bytes: inout [UInt8]) {
    append(UInt64(value / 100), to: &bytes)
    bytes.append(0x2E)
    bytes.append(0x30 + UInt8(value / 10 % 10))
    bytes.append(0x30 + UInt8(value % 10))
  }

  static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var divisor: UInt64 = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(0x30 + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
