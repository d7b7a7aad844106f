import Commands
import Runtime

/// The member `timestamp`, in nanoseconds since 1970.
enum SampleTimestamp {
  /// RFC 3339.
  static func parse(text: UnsafeRawBufferPointer) throws(SampleFault) -> Int64 {
    // A time that Int64 nanoseconds cannot hold is a time all the same: its year says so.
    guard let time = RFC3339.nanoseconds(text) else {
      throw isTimeOutOfRange(text) ? .timestampOutOfRange : .timestampNotATime
    }
    return try accepted(time)
  }

  /// Exact: no Float64 on the way.
  static func convert(integer: Int64, _ precision: SamplePrecision) throws(SampleFault) -> Int64 {
    let (time, overflow) = integer.multipliedReportingOverflow(by: precision.unit)
    guard !overflow else { throw .timestampOutOfRange }
    return try accepted(time)
  }

  /// A number with a fraction or an exponent is taken as the shortest decimal that denotes its Float64, which is what was
  /// sent when that has at most 15 digits, and rounded to whole nanoseconds: 1700000000.123 s is exactly 123 ms after the
  /// second, which the binary fraction is not.
  static func convert(number: Double, _ precision: SamplePrecision) throws(SampleFault) -> Int64 {
    guard number.isFinite, abs(number) < 1e19 else { throw .timestampOutOfRange }
    guard let time = nanoseconds(shortest: number.description, unitPower: precision.unitPower) else {
      throw .timestampOutOfRange
    }
    return try accepted(time)
  }

  private static func accepted(_ time: Int64) throws(SampleFault) -> Int64 {
    guard SampleTime.isAccepted(time) else { throw .timestampOutOfRange }
    return time
  }

  /// `text` is Swift's description of a Float64: digits, a point, perhaps an exponent. Nil: outside Int64.
  private static func nanoseconds(shortest text: String, unitPower: Int) -> Int64? {
    var mantissa: UInt64 = 0
    var power = unitPower
    var inFraction = false
    var isNegative = false
    var bytes = text.utf8[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case 0x2D: isNegative = true
      case 0x2E: inFraction = true
      case 0x65:
        guard let exponent = Int(String(bytes) ?? "") else { return nil }
        power += exponent
        bytes = bytes[bytes.endIndex...]
      default:
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
        let (sum, carried) = product.addingReportingOverflow(UInt64(byte &- 0x30))
        if overflow || carried { return nil }
        mantissa = sum
        if inFraction { power -= 1 }
      }
    }
    return scale(mantissa, power).flatMap { magnitude in
      Int64(exactly: magnitude).map { isNegative ? -$0 : $0 }
    }
  }

  /// `mantissa` times 10 to `power`, rounded to the nearest integer, halves up.
  private static func scale(_ mantissa: UInt64, _ power: Int) -> UInt64? {
    var value = mantissa
    if power >= 0 {
      for _ in 0..<power where value > 0 {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        value = product
      }
      return value
    }
    guard power >= -19 else { return 0 }
    var divisor: UInt64 = 1
    for _ in 0..<(-power) { divisor *= 10 }
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder >= divisor - remainder ? quotient + 1 : quotient
  }

  /// Whether only the year keeps `text` from being a time that we can hold: read again with one that we can, and that
  /// has a 29th of February when it has.
  private static func isTimeOutOfRange(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count > 4, let year = Int(String(decoding: text.prefix(4), as: UTF8.self)), year >= 0 else {
      return false
    }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return RFC3339.nanoseconds(Array((isLeap ? "2000" : "2001").utf8) + text.dropFirst(4)) != nil
  }
}
