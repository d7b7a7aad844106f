import Glibc

/// Numbers of line protocol: `12`, `-0.5`, `.5`, `5.`, `1e-3`; `12i` and `12u`. No plus sign, no infinity, no NaN.
///
/// Floats equal strtod's bit for bit. Most take the fast path of Clinger, "How to read floating point numbers
/// accurately" (1990): a mantissa of at most 2^53 and a power of ten of at most 22 are both exact, so one operation rounds
/// once, and rightly. The rest goes to strtod itself.
enum LineNumber {
  /// What a scan says of the text at hand.
  enum Outcome {
    case exact
    /// An integer that a Float64 cannot hold: the nearest one was taken.
    case rounded
    case malformed
    /// A float beyond the largest finite one.
    case tooLarge
    /// An integer that has no place in 64 bits.
    case integerTooLarge
  }

  /// Bytes of one number. Nothing that prints numbers comes near it.
  static let textLimit = 1_024

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// 10^0 to 10^22, for `scan`. Never freed: one for the process.
  nonisolated(unsafe) static let powersOfTen: UnsafePointer<Double> = {
    let memory = UnsafeMutablePointer<Double>.allocate(capacity: powers.count)
    memory.initialize(from: powers, count: powers.count)
    return UnsafePointer(memory)
  }()

  /// Reads the number at `place` and moves `place` behind it; the caller checks what follows. `powers`: `powersOfTen`,
  /// handed in because reading a static costs a check each time.
  @inline(__always)
  static func scan(
    _ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ powers: UnsafePointer<Double>,
    _ value: inout Double
  ) -> Outcome {
    let start = place
    var at = place
    var negative = false
    if at < end, at.pointee == 0x2D {
      negative = true
      at += 1
    }
    let digits = at
    var mantissa: UInt64 = 0
    while at < end {
      let digit = at.pointee &- 0x30
      guard digit <= 9 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      at += 1
    }
    var count = at - digits
    var fraction = 0
    if at < end, at.pointee == 0x2E {
      at += 1
      let first = at
      while at < end {
        let digit = at.pointee &- 0x30
        guard digit <= 9 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        at += 1
      }
      fraction = at - first
      count &+= fraction
    }
    let next = at < end ? at.pointee : 0x2C
    if next == 0x2C || next == 0x20, count > 0, count <= 19, mantissa <= 1 << 53, fraction <= 22 {
      let magnitude = Double(mantissa) / powers[fraction]
      value = negative ? -magnitude : magnitude
      place = at
      return .exact
    }
    return scanSlowly(start, end, &place, &value)
  }

  /// Everything else: exponents, integers, long texts, errors.
  @inline(never)
  private static func scanSlowly(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ place: inout UnsafePointer<UInt8>,
    _ value: inout Double
  ) -> Outcome {
    var at = start
    if at < end, at.pointee == 0x2D { at += 1 }
    let digits = at
    skipDigits(&at, end)
    var count = at - digits
    if count > 0, at < end, at.pointee == 0x69 || at.pointee == 0x75 {
      place = at + 1
      return integer(UnsafeBufferPointer(start: digits, count: count), negative: digits > start, at.pointee, &value)
    }
    if at < end, at.pointee == 0x2E {
      at += 1
      let first = at
      skipDigits(&at, end)
      count += at - first
    }
    guard count > 0 else { return .malformed }
    if at < end, at.pointee | 0x20 == 0x65 {
      at += 1
      if at < end, at.pointee == 0x2D || at.pointee == 0x2B { at += 1 }
      let first = at
      skipDigits(&at, end)
      guard at > first else { return .malformed }
    }
    place = at
    guard at - start <= textLimit else { return .malformed }
    value = convert(UnsafeBufferPointer(start: start, count: at - start))
    return value.isFinite ? .exact : .tooLarge
  }

  private static func skipDigits(_ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    while at < end, at.pointee &- 0x30 <= 9 { at += 1 }
  }

  /// `suffix` is `i` (Int64) or `u` (UInt64).
  private static func integer(
    _ digits: UnsafeBufferPointer<UInt8>, negative: Bool, _ suffix: UInt8, _ value: inout Double
  ) -> Outcome {
    var magnitude: UInt64 = 0
    for digit in digits {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(UInt64(digit &- 0x30))
      if overflow || carried { return .integerTooLarge }
      magnitude = sum
    }
    let isUnsigned = suffix == 0x75
    if isUnsigned && negative && magnitude > 0 { return .integerTooLarge }
    if !isUnsigned && magnitude > UInt64(Int64.max) + (negative ? 1 : 0) { return .integerTooLarge }
    let held = Double(magnitude)
    value = negative && magnitude > 0 ? -held : held
    return UInt64(exactly: held) == magnitude ? .exact : .rounded
  }

  /// strtod on a copy that ends in NUL; the program never leaves the C locale, so the point is a point.
  private static func convert(_ text: UnsafeBufferPointer<UInt8>) -> Double {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy -> Double in
      guard let base = copy.baseAddress else { return .nan }
      for index in 0..<text.count { base[index] = CChar(bitPattern: text[index]) }
      base[text.count] = 0
      return strtod(base, nil)
    }
  }
}
