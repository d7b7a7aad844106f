/// Numbers of `width` bits each (0 to 64), one after the other, the first in the lowest bits of the first byte.
///
/// Hot: 64-bit words stored and loaded at unaligned addresses, no branch per value below 57 bits. Both ends touch up to
/// `overrun` bytes past the packed ones.
enum BitPacking {
  static let overrun = 16

  static func size(count: Int, width: Int) -> Int { (count &* width &+ 7) &>> 3 }

  /// Bits that the number needs.
  @inline(__always)
  static func width(_ value: UInt64) -> Int { 64 &- value.leadingZeroBitCount }

  /// No value may have bits above `width`. Bytes after the packed ones, as far as `overrun`, hold anything afterwards.
  static func pack(_ values: UnsafePointer<UInt64>, count: Int, width: Int, into bytes: UnsafeMutableRawPointer) {
    if width == 0 { return }
    if width > 56 { return packWide(values, count: count, width: width, into: bytes) }
    var place = bytes
    var held: UInt64 = 0
    var bits: UInt64 = 0
    for index in 0..<count {
      held |= values[index] &<< bits
      place.storeBytes(of: held.littleEndian, as: UInt64.self)
      bits &+= UInt64(truncatingIfNeeded: width)
      place += Int(truncatingIfNeeded: bits &>> 3)
      held &>>= bits & 56
      bits &= 7
    }
  }

  private static func packWide(
    _ values: UnsafePointer<UInt64>, count: Int, width: Int, into bytes: UnsafeMutableRawPointer
  ) {
    var place = bytes
    var held: UInt64 = 0
    var bits = 0
    for index in 0..<count {
      held |= values[index] << bits
      bits += width
      if bits >= 64 {
        place.storeBytes(of: held.littleEndian, as: UInt64.self)
        place += 8
        bits -= 64
        held = bits == 0 ? 0 : values[index] >> (width - bits)
      }
    }
    place.storeBytes(of: held.littleEndian, as: UInt64.self)
  }

  /// Adds `base` to each number. `overrun` bytes after the packed ones must be readable.
  static func unpack(
    _ bytes: UnsafeRawPointer, count: Int, width: Int, adding base: Int64, into values: UnsafeMutablePointer<Int64>
  ) {
    if width == 0 {
      values.update(repeating: base, count: count)
      return
    }
    if width > 56 { return unpackWide(bytes, count: count, width: width, adding: base, into: values) }
    let mask = UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- width)
    var bit = 0
    for index in 0..<count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self))
      values[index] = Int64(bitPattern: word &>> UInt64(truncatingIfNeeded: bit & 7) & mask) &+ base
      bit &+= width
    }
  }

  private static func unpackWide(
    _ bytes: UnsafeRawPointer, count: Int, width: Int, adding base: Int64, into values: UnsafeMutablePointer<Int64>
  ) {
    let mask = UInt64.max >> (64 - width)
    for index in 0..<count {
      let bit = index * width
      let low = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
      let high = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bit >> 3 + 8, as: UInt64.self))
      let shift = bit & 7
      values[index] = Int64(bitPattern: (low >> shift | high << (64 - shift)) & mask) &+ base
    }
  }
}
