import ReadModels

/// The SQL of one build. Rows go in and out by arrays, so that each text is one statement however many rows there are.
///
/// Every statement that joins an array to a table is planned under `planByIndex`: a plan made while a table was small
/// would be kept while it grows.
struct TimelineStatements {
  /// Lets the planner join by index only, until the end of the transaction, and keeps the arrays of a slice (some MB) in
  /// memory, which would go through a temporary file otherwise.
  let planByIndex = """
    SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
      set_config('enable_mergejoin', 'off', true), set_config('work_mem', '32MB', true)
    """

  let tailTable: String
  let insertTail: String
  let restoreTail: String
  let leftBehind: String
  let markFolded: String
  let deleteFolded: String

  let hours: BucketStatements
  let minutes: BucketStatements
  let days: BucketStatements

  /// $1 bigint[] series, $2 int[] hours: place from 1, minute, aggregate columns; in no order.
  let minutesOfHours: String
  /// $1 bigint[] series, $2 int[] minutes: place from 1, samples.
  let samplesOfMinutes: String
  /// $1 bigint series, $2 int hour: minute, samples; by minute.
  let samplesOfHour: String
  /// $1 bigint[] series, $2 int[] days: place from 1, hour, aggregate columns; in no order.
  let hoursOfDays: String

  let spansTable: String
  /// $1 bigint[] series: place from 1, first_at, last_at.
  let spans: String
  /// $1 bigint[] series: place from 1, the first and the last time in `days`.
  let spansOfDays: String
  let insertSpans: String
  let updateSpans: String

  init(schema: String) {
    let tail = "\(schema).\(TimelineTables.tail)"
    let folded = "\(schema).\(TimelineTables.folded)"
    let spans = "\(schema).\(TimelineTables.spans)"
    hours = BucketStatements(table: "\(schema).\(TimelineTables.hours)", bucket: "hour", hasSamples: true)
    minutes = BucketStatements(table: "\(schema).\(TimelineTables.minutes)", bucket: "minute", hasSamples: true)
    days = BucketStatements(table: "\(schema).\(TimelineTables.days)", bucket: "day", hasSamples: false)

    tailTable = tail
    insertTail = """
      INSERT INTO \(tail) (shard, page, sequence, samples, changes)
      SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[], $4::int[], $5::bytea[])
      """
    restoreTail = """
      SELECT t.page, t.sequence, t.samples, t.changes
      FROM \(tail) t LEFT JOIN \(folded) f ON f.shard = t.shard AND f.page = t.page
      WHERE t.shard = $1 AND t.sequence > COALESCE(f.sequence, 0)
      ORDER BY t.page, t.sequence
      """
    leftBehind = """
      SELECT t.page, max(t.sequence)
      FROM \(tail) t JOIN \(folded) f ON f.shard = t.shard AND f.page = t.page
      WHERE t.shard = $1 AND t.sequence <= f.sequence
      GROUP BY t.page ORDER BY t.page
      """
    markFolded = """
      INSERT INTO \(folded) (shard, page, sequence)
      SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[])
      ON CONFLICT (shard, page) DO UPDATE SET sequence = EXCLUDED.sequence
      """
    deleteFolded = """
      DELETE FROM \(tail) t USING unnest($1::int[], $2::int[], $3::bigint[]) AS k (shard, page, sequence)
      WHERE t.shard = k.shard AND t.page = k.page AND t.sequence <= k.sequence
      """

    let aggregate = BucketStatements.aggregateColumns.map { "b.\($0)" }.joined(separator: ", ")
    minutesOfHours = """
      SELECT k.place, b.minute, \(aggregate)
      FROM unnest($1::bigint[], $2::int[]) WITH ORDINALITY AS k (series, hour, place)
      JOIN \(minutes.table) b ON b.series = k.series AND b.minute >= k.hour * 60 AND b.minute < k.hour * 60 + 60
      """
    samplesOfMinutes = """
      SELECT k.place, b.samples
      FROM unnest($1::bigint[], $2::int[]) WITH ORDINALITY AS k (series, minute, place)
      JOIN \(minutes.table) b ON b.series = k.series AND b.minute = k.minute
      """
    samplesOfHour = """
      SELECT b.minute, b.samples FROM \(minutes.table) b
      WHERE b.series = $1 AND b.minute >= $2 * 60 AND b.minute < $2 * 60 + 60
      ORDER BY b.minute
      """
    hoursOfDays = """
      SELECT k.place, b.hour, \(aggregate)
      FROM unnest($1::bigint[], $2::int[]) WITH ORDINALITY AS k (series, day, place)
      JOIN \(hours.table) b ON b.series = k.series AND b.hour >= k.day * 24 AND b.hour < k.day * 24 + 24
      """

    spansTable = spans
    self.spans = """
      SELECT k.place, s.first_at, s.last_at
      FROM unnest($1::bigint[]) WITH ORDINALITY AS k (series, place) JOIN \(spans) s ON s.series = k.series
      """
    spansOfDays = """
      SELECT k.place,
        (SELECT d.first_at FROM \(days.table) d WHERE d.series = k.series AND d.n > 0 ORDER BY d.day LIMIT 1),
        (SELECT d.last_at FROM \(days.table) d WHERE d.series = k.series AND d.n > 0 ORDER BY d.day DESC LIMIT 1)
      FROM unnest($1::bigint[]) WITH ORDINALITY AS k (series, place)
      """
    insertSpans = """
      INSERT INTO \(spans) (series, first_at, last_at)
      SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
      """
    updateSpans = """
      UPDATE \(spans) s SET first_at = k.first_at, last_at = k.last_at
      FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS k (series, first_at, last_at)
      WHERE s.series = k.series
      """
  }
}
