/// The tables of a Timeline build, for those who write to and read from them. They stand in the build's own schema;
/// `Projections/Timeline/schema.sql` makes them.
///
///     tail    shard int, page int, sequence bigint, samples int, changes bytea      key (shard, page, sequence)
///     folded  shard int, page int, sequence bigint                                  key (shard, page)
///     hours   series bigint, hour int, stored bigint, n bigint, sum, min, max, first, last double precision,
///             first_at, last_at bigint, samples bytea                               key (series, hour)
///     minutes the same with minute instead of hour                                  key (series, minute)
///     days    the same with day instead of hour and without samples                 key (series, day)
///     spans   series bigint, first_at bigint, last_at bigint                        key (series)
///
/// - `hour`, `minute`, `day` are bucket numbers (`BucketLevel`): whole hours … since 1970 UTC, rounded down.
/// - `stored` counts all samples, `n` those that are not NaN. With `n` 0, `sum` to `last_at` are null.
/// - `samples` is a `PackedSamples`; in `hours` it is null when `stored` is above `BucketRow.splitLimit`, and `minutes` has
///   a row for every minute of such an hour, and none for others.
/// - `changes` is a `TailRow`. A row of `tail` is folded, and not to be applied any more, when its `sequence` is not
///   above that of its page in `folded` (a page without a row there has nothing folded). One narrow row a page says so
///   because marking the rows themselves would write them again.
/// - `spans` has the first and last sample that is not NaN of the folded part; both null when all are NaN.
package enum TimelineTables {
  package static let projection = "timeline"
  package static let tail = "tail"
  package static let folded = "folded"
  package static let hours = "hours"
  package static let minutes = "minutes"
  package static let days = "days"
  package static let spans = "spans"

  /// The columns of an aggregate, in the order in which `hours`, `minutes` and `days` have them after their keys.
  package static let aggregateColumns = "stored, n, sum, min, max, first, first_at, last, last_at"

  /// The rows of the tail that are not folded, of pages given as arrays of equal length: $1 int[] shards, $2 int[]
  /// pages. Columns shard, page, samples, changes; the rows of a page come in the order in which they are to be applied.
  package static func tailOfPages(schema: String) -> String {
    """
    SELECT t.shard, t.page, t.samples, t.changes
    FROM unnest($1::int[], $2::int[]) AS k (shard, page)
    JOIN \(schema).tail t ON t.shard = k.shard AND t.page = k.page
    LEFT JOIN \(schema).folded f ON f.shard = t.shard AND f.page = t.page
    WHERE t.sequence > COALESCE(f.sequence, 0)
    ORDER BY t.shard, t.page, t.sequence
    """
  }
}
