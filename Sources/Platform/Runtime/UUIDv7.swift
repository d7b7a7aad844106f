/// A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits. Sorted by bytes it is sorted by time.
package struct UUIDv7: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The 16 bytes as two big-endian halves.
  package let high: UInt64
  package let low: UInt64

  /// A new one for this moment.
  package init() {
    let milliseconds = UInt64(WallClock.now / 1_000_000) & 0xFFFF_FFFF_FFFF
    self.init(milliseconds: milliseconds, random: RandomReserve.shared.next())
  }

  init(milliseconds: UInt64, random: (UInt64, UInt64)) {
    high = milliseconds << 16 | 0x7000 | random.0 & 0x0FFF
    low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
  }

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package static func < (a: UUIDv7, b: UUIDv7) -> Bool { (a.high, a.low) < (b.high, b.low) }

  /// Lower-case text in five groups.
  package var description: String {
    String(unsafeUninitializedCapacity: 36) { text in
      let digits: StaticString = "0123456789abcdef"
      var place = 0
      for index in 0..<16 {
        if index == 4 || index == 6 || index == 8 || index == 10 {
          text[place] = UInt8(ascii: "-")
          place += 1
        }
        let half = index < 8 ? high : low
        let byte = Int(truncatingIfNeeded: half >> UInt64((7 - index % 8) * 8)) & 0xFF
        text[place] = digits.utf8Start[byte >> 4]
        text[place + 1] = digits.utf8Start[byte & 15]
        place += 2
      }
      return place
    }
  }
}
