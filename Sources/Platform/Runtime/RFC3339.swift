/// Times as text, RFC 3339: `2013-12-02T21:15:00.5Z`. Years 1677 to 2262, which is what Int64 nanoseconds hold.
package enum RFC3339 {
  /// `nanoseconds` since 1970 in UTC. `fractionDigits` nil: as many as are needed, at least none, at most nine.
  package static func text(nanoseconds: Int64, fractionDigits: Int? = nil) -> String {
    let (days, inDay) = floorDivide(nanoseconds, 86_400_000_000_000)
    let (year, month, day) = civil(days: days)
    let seconds = inDay / 1_000_000_000
    var text = pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + "T"
    text += pad(seconds / 3600, 2) + ":" + pad(seconds / 60 % 60, 2) + ":" + pad(seconds % 60, 2)
    var fraction = pad(inDay % 1_000_000_000, 9)
    if let fractionDigits {
      fraction = String(fraction.prefix(fractionDigits))
    } else {
      while fraction.last == "0" { fraction.removeLast() }
    }
    if !fraction.isEmpty { text += "." + fraction }
    return text + "Z"
  }

  /// Nanoseconds since 1970 of an RFC 3339 text: `T`, `t` or a space between date and time, any fraction (digits beyond
  /// nanoseconds are cut), `Z`, `z` or an offset. A leap second `:60` counts as the next second. Nil for anything else,
  /// and for times that Int64 nanoseconds cannot hold.
  package static func nanoseconds(_ text: some Sequence<UInt8>) -> Int64? {
    var scanner = Scanner(bytes: Array(text))
    guard let year = scanner.digits(4), scanner.take(0x2D), let month = scanner.digits(2), scanner.take(0x2D),
      let day = scanner.digits(2), scanner.take(0x54) || scanner.take(0x74) || scanner.take(0x20),
      let hour = scanner.digits(2), scanner.take(0x3A), let minute = scanner.digits(2), scanner.take(0x3A),
      let second = scanner.digits(2)
    else { return nil }
    guard (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var fraction: Int64 = 0
    if scanner.take(0x2E) {
      var count = 0
      while let digit = scanner.digits(1) {
        if count < 9 { fraction = fraction * 10 + digit }
        count += 1
      }
      guard count > 0 else { return nil }
      while count < 9 {
        fraction *= 10
        count += 1
      }
    }
    var offset: Int64 = 0
    if !(scanner.take(0x5A) || scanner.take(0x7A)) {
      let negative: Bool
      if scanner.take(0x2B) { negative = false } else if scanner.take(0x2D) { negative = true } else { return nil }
      guard let hours = scanner.digits(2), scanner.take(0x3A), let minutes = scanner.digits(2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 3600 + minutes * 60) * (negative ? -1 : 1)
    }
    guard scanner.isAtEnd else { return nil }
    let seconds = days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    // Scaled towards zero first: the seconds of Int64.min's first moments alone would not fit.
    let isBefore = seconds < 0 && fraction > 0
    let (scaled, overflow) = (isBefore ? seconds + 1 : seconds).multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return nil }
    let (sum, carried) = scaled.addingReportingOverflow(isBefore ? fraction - 1_000_000_000 : fraction)
    return carried ? nil : sum
  }

  /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
  package static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date of a day since 1970-01-01. Source: as `days(year:month:day:)`, civil_from_days.
  package static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func daysIn(month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func pad(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
    let remainder = value % by
    return remainder < 0 ? (value / by - 1, remainder + by) : (value / by, remainder)
  }

  private struct Scanner {
    let bytes: [UInt8]
    var index = 0
    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ byte: UInt8) -> Bool {
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
      return true
    }

    mutating func digits(_ count: Int) -> Int64? {
      guard index + count <= bytes.count else { return nil }
      var value: Int64 = 0
      for offset in 0..<count {
        let byte = bytes[index + offset]
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      index += count
      return value
    }
  }
}
