import Postgres
import ReadModels

/// The days of a place. A day begins at the first moment at which clocks there show its date: most often midnight, or 01:00
/// where the clocks are put forward at midnight; where they are put back over midnight it is the first of the two. So days
/// have 23, 24 or 25 hours, now and then others, and a date that a place skipped has no day.
///
/// Postgres says when that is, from its database of time zones, to the minute: where a place was off by seconds, as before it
/// had a standard time, borders are rounded down.
struct ZoneDays {
  let snapshot: ReadSnapshot
  let zone: ZoneName

  /// The borders of the days that hold `from ..< to` (nanoseconds), in minutes since 1970: rising, the first not behind
  /// `from`, the last not before `to`, no others.
  func borders(from: Int64, to: Int64) throws(ReadFailure) -> [Int32] {
    try snapshot.caches.zones.check(zone, snapshot)
    let first = BucketLevel.minute.bucket(of: from)
    let last = BucketLevel.minute.bucket(of: to - 1)
    let borders = try read(first, last)
    // The statement gives some more on both sides.
    guard let start = borders.lastIndex(where: { $0 <= first }), let end = borders.firstIndex(where: { $0 > last })
    else { throw .query(.broken("the days of \(zone.text) cannot be told")) }
    return Array(borders[start...end])
  }

  /// `midnight` is Postgres' idea of it: with the offset before the change where clocks skip it, with the one after where it
  /// comes twice. Only where the offset changed in the day before can the date begin earlier than that, by what it changed.
  private static let statement = PostgresStatement(
    "days of a zone",
    """
    SELECT DISTINCT floor(extract(epoch FROM begin.moment) / 60)::int AS border
    FROM generate_series(
      (to_timestamp($2::double precision * 60) AT TIME ZONE $1::text)::date::timestamp - interval '1 day',
      (to_timestamp($3::double precision * 60) AT TIME ZONE $1::text)::date::timestamp + interval '2 days',
      interval '1 day') AS day (date)
    CROSS JOIN LATERAL (SELECT day.date AT TIME ZONE $1::text) AS midnight (moment)
    CROSS JOIN LATERAL (SELECT
      (midnight.moment AT TIME ZONE $1::text - midnight.moment AT TIME ZONE 'UTC')
      - ((midnight.moment - interval '26 hours') AT TIME ZONE $1::text
        - (midnight.moment - interval '26 hours') AT TIME ZONE 'UTC')
    ) AS change (amount)
    CROSS JOIN LATERAL (SELECT CASE WHEN change.amount = interval '0' THEN midnight.moment ELSE (
      SELECT min(series.moment) FROM generate_series(
        midnight.moment - greatest(change.amount, -change.amount), midnight.moment, interval '1 minute'
      ) AS series (moment)
      WHERE series.moment AT TIME ZONE $1::text >= day.date) END
    ) AS begin (moment)
    ORDER BY border
    """)

  private func read(_ first: Int32, _ last: Int32) throws(ReadFailure) -> [Int32] {
    var parameters = PostgresParameters()
    parameters.text(zone.text)
    parameters.double(Double(first))
    parameters.double(Double(last))
    let rows = try snapshot.query(Self.statement, parameters)
    return try ReadFailure.ofStore { () throws(PostgresError) in
      var borders: [Int32] = []
      for row in 0..<rows.rowCount { borders.append(try rows.int32(row, 0)) }
      return borders
    }
  }
}
