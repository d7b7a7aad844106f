import Commands
import Runtime

/// Reads the times of rows: RFC 3339, `YYYY-MM-DD hh:mm[:ss[.fraction]]` with or without an offset, a bare date, or a Unix
/// number. Confined to one thread.
struct CSVTime {
  enum Outcome: Equatable {
    /// Nanoseconds since 1970 UTC.
    case time(Int64, LocalTimeZone.Reading)
    case fault(Fault)
  }

  enum Fault: String {
    case empty = "time-missing"
    case malformed = "bad-time"
    case outOfRange = "time-out-of-range"
    case smallNumber = "time-unit-unknown"

    var text: String {
      switch self {
      case .empty: "there is no time"
      case .malformed: "the time is none: expected 2026-01-31T12:00:00Z, 2026-01-31 12:00:00 or a Unix number"
      case .outOfRange: "the time is outside \(SampleTime.rangeText)"
      case .smallNumber: "the number is too small to tell its unit: say --time-unit s, ms, us or ns"
      }
    }
  }

  private let unit: CSVTimeUnit?
  private let zone: LocalTimeZone?
  /// The date last read, as bytes and as days since 1970: rows of one day come together.
  private var dateHigh: UInt64 = 0
  private var dateLow: UInt16 = 0
  private var days: Int64 = 0

  /// `zone`: of times without an offset; nil: UTC.
  init(unit: CSVTimeUnit?, zone: LocalTimeZone?) {
    self.unit = unit
    self.zone = zone
  }

  mutating func read(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Outcome {
    guard start < end else { return .fault(.empty) }
    if end - start >= 10, start[4] == 0x2D, start[7] == 0x2D { return readDate(start, end) }
    return readNumber(start, end)
  }

  private mutating func readDate(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Outcome {
    let high = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
    let low = UnsafeRawPointer(start + 8).loadUnaligned(as: UInt16.self)
    if high != dateHigh || low != dateLow {
      guard let read = Self.date(start) else { return .fault(.malformed) }
      (days, dateHigh, dateLow) = (read, high, low)
    }
    var place = start + 10
    var seconds: Int64 = 0
    var nanoseconds: Int64 = 0
    var offset: Int64?
    if place < end {
      guard place.pointee | 0x20 == 0x74 || place.pointee == 0x20 else { return .fault(.malformed) }
      place += 1
      guard Self.clock(&place, end, &seconds, &nanoseconds), Self.offset(&place, end, &offset), place == end else {
        return .fault(.malformed)
      }
    }
    return finish(days * 86_400 + seconds, nanoseconds, offset)
  }

  private func finish(_ wall: Int64, _ nanoseconds: Int64, _ offset: Int64?) -> Outcome {
    var seconds = wall
    var reading = LocalTimeZone.Reading.once
    if let offset {
      seconds -= offset
    } else if let zone {
      (seconds, reading) = zone.seconds(wall: wall)
    }
    // Well inside Int64: the limits of samples are tighter than those of nanoseconds.
    guard seconds > -9_300_000_000, seconds < 9_300_000_000 else { return .fault(.outOfRange) }
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (time, carried) = scaled.addingReportingOverflow(nanoseconds)
    guard !overflow, !carried, SampleTime.isAccepted(time) else { return .fault(.outOfRange) }
    return .time(time, reading)
  }

  private static func date(_ text: UnsafePointer<UInt8>) -> Int64? {
    guard let century = pair(text), let year = pair(text + 2), let month = pair(text + 5), let day = pair(text + 8),
      (1...12).contains(month), day >= 1
    else { return nil }
    let days = RFC3339.days(year: century * 100 + year, month: month, day: day)
    // The 30th of February comes back as another date.
    let civil = RFC3339.civil(days: days)
    return civil.month == month && civil.day == day ? days : nil
  }

  @inline(__always)
  private static func pair(_ text: UnsafePointer<UInt8>) -> Int64? {
    let (tens, ones) = (text[0] &- 0x30, text[1] &- 0x30)
    guard tens <= 9, ones <= 9 else { return nil }
    return Int64(tens) &* 10 &+ Int64(ones)
  }

  /// `hh:mm[:ss[.fraction]]`; a leap second counts as the next second, digits beyond nanoseconds are cut.
  private static func clock(
    _ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ seconds: inout Int64,
    _ nanoseconds: inout Int64
  ) -> Bool {
    guard end - place >= 5, place[2] == 0x3A, let hour = pair(place), let minute = pair(place + 3), hour < 24,
      minute < 60
    else { return false }
    place += 5
    seconds = hour &* 3600 &+ minute &* 60
    guard end - place >= 3, place.pointee == 0x3A else { return true }
    guard let second = pair(place + 1), second <= 60 else { return false }
    place += 3
    seconds &+= second
    guard place < end, place.pointee == 0x2E || place.pointee == 0x2C else { return true }
    place += 1
    var digits = 0
    while place < end {
      let digit = place.pointee &- 0x30
      guard digit <= 9 else { break }
      if digits < 9 { nanoseconds = nanoseconds &* 10 &+ Int64(digit) }
      digits &+= 1
      place += 1
    }
    while digits < 9, digits > 0 {
      nanoseconds &*= 10
      digits &+= 1
    }
    return digits > 0
  }

  /// Nothing, `Z`, `±hh:mm`, `±hhmm` or `±hh`, perhaps after a space; ` UTC` too, as some programs write.
  private static func offset(
    _ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ offset: inout Int64?
  ) -> Bool {
    guard place < end else { return true }
    if place.pointee == 0x20 { place += 1 }
    guard place < end else { return false }
    let sign = place.pointee
    if end - place == 3, sign == 0x55, place[1] == 0x54, place[2] == 0x43 { place += 2 }
    if place.pointee | 0x20 == 0x7A || place.pointee == 0x43 {
      place += 1
      offset = 0
      return true
    }
    guard sign == 0x2B || sign == 0x2D, end - place >= 3, let hours = pair(place + 1), hours < 24 else { return false }
    place += 3
    var minutes: Int64 = 0
    if place < end, place.pointee == 0x3A { place += 1 }
    if end - place >= 2 {
      guard let read = pair(place), read < 60 else { return false }
      minutes = read
      place += 2
    }
    offset = (hours * 3600 + minutes * 60) * (sign == 0x2D ? -1 : 1)
    return true
  }

  /// Digits with a sign and a fraction, exact to the nanosecond.
  private func readNumber(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Outcome {
    var place = start
    let isNegative = place.pointee == 0x2D
    if isNegative || place.pointee == 0x2B { place += 1 }
    var whole: UInt64 = 0
    var digits = 0
    while place < end {
      let digit = place.pointee &- 0x30
      guard digit <= 9 else { break }
      guard digits < 19 else { return .fault(.outOfRange) }
      whole = whole &* 10 &+ UInt64(digit)
      if whole > 0 { digits &+= 1 }
      place += 1
    }
    let wholeEnd = place
    var fractionStart = place
    if place < end, place.pointee == 0x2E {
      place += 1
      fractionStart = place
      while place < end, place.pointee &- 0x30 <= 9 { place += 1 }
    }
    guard place == end, wholeEnd > start, wholeEnd[-1] &- 0x30 <= 9 else { return .fault(.malformed) }
    guard let unit = unit ?? CSVTimeUnit(magnitude: whole) else { return .fault(.smallNumber) }
    var scaled = whole
    for index in 0..<unit.power {
      let digit = fractionStart + index < end ? UInt64(fractionStart[index] &- 0x30) : 0
      let (product, overflow) = scaled.multipliedReportingOverflow(by: 10)
      guard !overflow else { return .fault(.outOfRange) }
      scaled = product &+ digit
    }
    guard scaled <= UInt64(Int64.max) else { return .fault(.outOfRange) }
    let time = isNegative ? -Int64(scaled) : Int64(scaled)
    return SampleTime.isAccepted(time) ? .time(time, .once) : .fault(.outOfRange)
  }
}
