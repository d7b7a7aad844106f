extension RFC3339 {
  /// Appends what `text(nanoseconds:)` gives, without making a text of it: for answers of a million times.
  package static func append(nanoseconds: Int64, to bytes: inout [UInt8]) {
    let dayLength: Int64 = 86_400_000_000_000
    var (day, inDay) = nanoseconds.quotientAndRemainder(dividingBy: dayLength)
    if inDay < 0 {
      day -= 1
      inDay += dayLength
    }
    let date = civil(days: day)
    let seconds = inDay / 1_000_000_000
    append(date.year, digits: 4, to: &bytes)
    bytes.append(0x2D)
    append(date.month, digits: 2, to: &bytes)
    bytes.append(0x2D)
    append(date.day, digits: 2, to: &bytes)
    bytes.append(0x54)
    append(seconds / 3_600, digits: 2, to: &bytes)
    bytes.append(0x3A)
    append(seconds / 60 % 60, digits: 2, to: &bytes)
    bytes.append(0x3A)
    append(seconds % 60, digits: 2, to: &bytes)
    appendFraction(inDay % 1_000_000_000, to: &bytes)
    bytes.append(0x5A)
  }

  private static func appendFraction(_ nanoseconds: Int64, to bytes: inout [UInt8]) {
    if nanoseconds == 0 { return }
    bytes.append(0x2E)
    append(nanoseconds, digits: 9, to: &bytes)
    while bytes.last == 0x30 { bytes.removeLast() }
  }

  private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
    var power: Int64 = 1
    for _ in 1..<digits { power *= 10 }
    while power > 0 {
      bytes.append(0x30 + UInt8(truncatingIfNeeded: value / power % 10))
      power /= 10
    }
  }
}
