import Runtime
import Testing

/// The days of some places, as another implementation tells them: Python's `zoneinfo`, minute by minute, a day beginning with
/// the first minute whose date is later than all before it. These times are past, so no later rule changes them.
struct ZoneTable: Sendable, CustomTestStringConvertible {
  let zone: String
  /// When the first day begins, in UTC.
  let start: String
  /// Numbers of days of the same length, and that length in minutes.
  let days: [(count: Int, minutes: Int)]

  /// Minutes since 1970: where days begin, and where the last one ends.
  var borders: [Int64] {
    var border = (RFC3339.nanoseconds(start.utf8) ?? 0) / 60_000_000_000
    var borders = [border]
    for (count, minutes) in days {
      for _ in 0..<count {
        border += Int64(minutes)
        borders.append(border)
      }
    }
    return borders
  }

  var testDescription: String { zone }

  /// Made by:
  ///
  ///     zone = zoneinfo.ZoneInfo(name); epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
  ///     date = lambda m: (epoch + timedelta(minutes=m)).astimezone(zone).date()
  ///     borders = []; latest = date(first)
  ///     for m in range(first, last):
  ///       if date(m) > latest: borders.append(m); latest = date(m)
  static let all = [
    // The clocks go forward and back in the small hours: 23 and 25 hours.
    ZoneTable(
      zone: "Europe/Berlin", start: "2025-02-28T23:00:00Z",
      days: [(29, 1440), (1, 1380), (209, 1440), (1, 1500), (14, 1440)]),
    // Half an hour off.
    ZoneTable(zone: "Asia/Kolkata", start: "2025-02-28T18:30:00Z", days: [(45, 1440)]),
    // From half an hour off to three quarters at a midnight.
    ZoneTable(zone: "Asia/Kathmandu", start: "1985-12-19T18:30:00Z", days: [(12, 1440), (1, 1425), (13, 1440)]),
    // The southern half; midnight comes twice, and is skipped.
    ZoneTable(
      zone: "America/Santiago", start: "2025-03-20T03:00:00Z",
      days: [(16, 1440), (1, 1500), (154, 1440), (1, 1380), (12, 1440)]),
    // 30 December 2011 was skipped.
    ZoneTable(
      zone: "Pacific/Apia", start: "2011-09-01T11:00:00Z",
      days: [(23, 1440), (1, 1380), (188, 1440), (1, 1500), (8, 1440)]),
    // Midnight comes twice, and is skipped.
    ZoneTable(
      zone: "America/Sao_Paulo", start: "2018-02-01T02:00:00Z",
      days: [(16, 1440), (1, 1500), (259, 1440), (1, 1380), (15, 1440)]),
    // Summer time of half an hour.
    ZoneTable(
      zone: "Australia/Lord_Howe", start: "2025-03-24T13:00:00Z",
      days: [(12, 1440), (1, 1470), (181, 1440), (1, 1410), (9, 1440)]),
    // The clocks changed at 00:01, so a date came back for 59 minutes.
    ZoneTable(
      zone: "America/St_Johns", start: "2010-03-01T03:30:00Z",
      days: [(13, 1440), (1, 1380), (237, 1440), (1, 1500), (12, 1440)]),
    // Midnight is skipped; clocks are put back to 23:00.
    ZoneTable(
      zone: "Africa/Cairo", start: "2025-04-14T22:00:00Z",
      days: [(10, 1440), (1, 1380), (187, 1440), (1, 1500), (10, 1440)]),
    // 21 August 1993 was skipped.
    ZoneTable(zone: "Pacific/Kwajalein", start: "1993-08-10T12:00:00Z", days: [(21, 1440)]),
  ]
}
