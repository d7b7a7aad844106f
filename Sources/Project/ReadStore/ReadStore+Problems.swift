package import Postgres

extension ReadStore {
  /// Says why shards stand still, for those who read progress; nil: nothing is wrong any more. Does not fence: a row that
  /// another projector has taken is that one's to speak of, and is left alone.
  package func note(_ problem: String?, for shards: [BuildShard: ShardProgress]) throws(PostgresError) {
    var parameters = PostgresParameters()
    parameters.text(problem)
    parameters.int32Array(shards.keys.map(\.build))
    parameters.int32Array(shards.keys.map { Int32(truncatingIfNeeded: $0.shard) })
    parameters.int64Array(shards.values.map(\.epoch))
    _ = try connection.query(Self.noteProblem, parameters)
  }

  private static let noteProblem = PostgresStatement(
    "note_problem",
    """
    UPDATE daybook_read.progress AS p SET problem = $1
    FROM unnest($2, $3, $4) AS w (build, shard, epoch)
    WHERE p.build = w.build AND p.shard = w.shard AND p.epoch = w.epoch AND p.problem IS DISTINCT FROM $1
    """)
}
