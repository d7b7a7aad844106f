/// Numbers as JSON and CSV have them in common.
enum NumberText {
  static func append(_ value: Int64, to bytes: inout [UInt8]) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)  // 24 bytes: 19 digits and a sign
    withUnsafeMutableBytes(of: &digits) { place in
      var rest = value.magnitude
      var start = place.count
      repeat {
        start -= 1
        place[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest != 0
      if value < 0 {
        start -= 1
        place[start] = 0x2D
      }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: place[start...]))
    }
  }

  /// The shortest text that reads back as the same Float64; `value` is finite. Whole numbers come without ".0", but for
  /// -0.0, whose sign some readers would lose with it.
  static func append(finite value: Double, to bytes: inout [UInt8]) {
    if value == value.rounded(.towardZero), abs(value) < 1e15, !(value == 0 && value.sign == .minus) {
      append(Int64(value), to: &bytes)
      return
    }
    var text = value.description
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }
}
