import Runtime
import TestSupport
import Testing

@Suite struct RFC3339Tests {
  private func parse(_ text: String) -> Int64? { RFC3339.nanoseconds(text.utf8) }

  @Test func textsAreReadAsTheirMoment() {
    func check(_ text: String, _ expected: Int64?, _ location: SourceLocation = #_sourceLocation) {
      #expect(parse(text) == expected, "\(text)", sourceLocation: location)
    }
    check("1970-01-01T00:00:00Z", 0)
    check("1970-01-01T00:00:00.000000001Z", 1)
    check("1969-12-31T23:59:59.999999999Z", -1)
    check("2000-02-29T12:34:56Z", 951_827_696_000_000_000)
    check("2000-02-29t12:34:56z", 951_827_696_000_000_000)
    check("2000-02-29 12:34:56+00:00", 951_827_696_000_000_000)
    check("2000-02-29T12:34:56+05:30", 951_827_696_000_000_000 - 19_800_000_000_000)
    check("2000-02-29T12:34:56-05:30", 951_827_696_000_000_000 + 19_800_000_000_000)
    check("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000)
    check("2024-01-01T00:00:00.1234567899Z", 1_704_067_200_123_456_789)
    check("2262-04-11T23:47:16.854775807Z", .max)
    check("2262-04-11T23:47:16.854775808Z", nil)
    check("9999-12-31T23:59:59Z", nil)
    check("0000-01-01T00:00:00Z", nil)
    for text in [
      "", "2000-02-30T00:00:00Z", "1900-02-29T00:00:00Z", "2001-13-01T00:00:00Z", "2001-00-01T00:00:00Z",
      "2001-01-01T24:00:00Z", "2001-01-01T00:60:00Z", "2001-01-01T00:00:61Z", "2001-01-01T00:00:00",
      "2001-01-01T00:00:00.Z", "2001-01-01T00:00:00+0100", "2001-01-01T00:00:00+24:00", "2001-01-01T00:00:00Zx",
      "2001-1-1T00:00:00Z", "20010101T000000Z", "2001-01-01", " 2001-01-01T00:00:00Z", "２001-01-01T00:00:00Z",
    ] {
      check(text, nil)
    }
  }

  @Test func theFirstMomentOfInt64IsRead() {
    #expect(parse("1677-09-21T00:12:43.145224192Z") == .min)
    #expect(parse("1677-09-21T00:12:43.145224191Z") == nil)
  }

  @Test func momentsAreWrittenAsTheirText() {
    #expect(RFC3339.text(nanoseconds: 0) == "1970-01-01T00:00:00Z")
    #expect(RFC3339.text(nanoseconds: -1) == "1969-12-31T23:59:59.999999999Z")
    #expect(RFC3339.text(nanoseconds: 1_500_000_000) == "1970-01-01T00:00:01.5Z")
    #expect(RFC3339.text(nanoseconds: 1_999_999_999, fractionDigits: 3) == "1970-01-01T00:00:01.999Z")
    #expect(RFC3339.text(nanoseconds: 0, fractionDigits: 0) == "1970-01-01T00:00:00Z")
    #expect(RFC3339.text(nanoseconds: 951_827_696_000_000_000) == "2000-02-29T12:34:56Z")
  }

  @Test func everyMomentComesBackFromItsText() {
    var random = SeededRandom()
    for moment in [Int64.min, .min + 1, -1, 0, 1, .max] {
      #expect(parse(RFC3339.text(nanoseconds: moment)) == moment)
    }
    for _ in 0..<20_000 {
      let moment = Int64.random(in: .min ... .max, using: &random)
      #expect(parse(RFC3339.text(nanoseconds: moment)) == moment)
    }
  }

  @Test func everyDayHasOneDate() {
    var previous = RFC3339.civil(days: -200_000)
    for day in Int64(-199_999)...200_000 {
      let date = RFC3339.civil(days: day)
      #expect((previous.year, previous.month, previous.day) < (date.year, date.month, date.day))
      #expect(RFC3339.days(year: date.year, month: date.month, day: date.day) == day)
      previous = date
    }
  }
}
