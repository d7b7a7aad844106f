import Glibc

/// Bytes that grow. Appending does not look for room: `reserve` does, once a line.
struct OutputBytes: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 4_096) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  var bytes: [UInt8] { Array(UnsafeBufferPointer(start: base, count: count)) }

  mutating func removeAll() { count = 0 }

  /// Makes room for `more` bytes.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if count &+ more > capacity { grow(count + more) }
  }

  @inline(__always)
  mutating func append(byte: UInt8) {
    base[count] = byte
    count &+= 1
  }

  @inline(__always)
  mutating func append(_ text: [UInt8]) {
    text.withUnsafeBufferPointer { text in
      if let start = text.baseAddress { append(start, text.count) }
    }
  }

  @inline(__always)
  mutating func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
    memcpy(base + count, start, length)
    count &+= length
  }

  @inline(__always)
  mutating func append(_ other: borrowing OutputBytes) { append(other.base, other.count) }

  /// At most 20 bytes.
  mutating func append(decimal number: Int64) {
    var rest = number.magnitude
    if number < 0 { append(byte: 0x2D) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var place = 20
      // Nanoseconds are mostly whole seconds or milliseconds: three digits at a time.
      repeat {
        let (quotient, three) = rest.quotientAndRemainder(dividingBy: 1_000)
        rest = quotient
        let number = UInt32(truncatingIfNeeded: three)
        digits[place &- 1] = UInt8(truncatingIfNeeded: number % 10) &+ 0x30
        if rest == 0, number < 10 {
          place &-= 1
          break
        }
        digits[place &- 2] = UInt8(truncatingIfNeeded: number / 10 % 10) &+ 0x30
        if rest == 0, number < 100 {
          place &-= 2
          break
        }
        digits[place &- 3] = UInt8(truncatingIfNeeded: number / 100) &+ 0x30
        place &-= 3
      } while rest > 0
      if let start = digits.baseAddress { append(start + place, 20 - place) }
    }
  }

  @inline(never)
  private mutating func grow(_ needed: Int) {
    let larger = max(needed, capacity * 2)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = larger
  }
}
