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

  /// How long a row of the tail stands after it was folded, at least.
  package static let keepFolded = Duration.seconds(60)

  /// How far pages are folded, and the rows of their tail that the reader does not have: $1 int[] shards, $2 int[] pages, $3
  /// bigint[] the sequences up to which the reader has all rows, or -1: then those that are not folded are given; all of
  /// equal length. Where a sequence is given the rows behind it come whether they are folded or not, as far as they still
  /// stand (`keepFolded`). Columns: the page's place in the arrays from 1, the sequence up to which it is folded (0:
  /// nothing), and of each row sequence, samples and changes. A page without such rows has one line, with nulls. In no
  /// order.
  package static func tailOfPages(schema: String) -> String {
    """
    SELECT k.place, COALESCE(f.sequence, 0), t.sequence, t.samples, t.changes
    FROM unnest($1::int[], $2::int[], $3::bigint[]) WITH ORDINALITY AS k (shard, page, known, place)
    LEFT JOIN \(schema).folded f ON f.shard = k.shard AND f.page = k.page
    LEFT JOIN LATERAL (
      SELECT t.sequence, t.samples, t.changes FROM \(schema).tail t
      WHERE t.shard = k.shard AND t.page = k.page
        AND t.sequence > CASE WHEN k.known < 0 THEN COALESCE(f.sequence, 0) ELSE k.known END
    ) t ON true
    """
  }
}
