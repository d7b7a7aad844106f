import Postgres

/// The SQL of an append, in the order in which a transaction uses it.
enum AppendStatements {
  /// Claims keys: a claim of another transaction that is under way is waited for. Sorted by the caller, so that two
  /// services with the same keys cannot deadlock.
  static let claimKeys = PostgresStatement(
    "claim_keys",
    """
    INSERT INTO daybook_events.keys (actor, key, created_at, command_id, fingerprint)
    SELECT k.actor, k.key, $5, k.command_id, k.fingerprint
    FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[]) k (actor, key, command_id, fingerprint)
    ON CONFLICT (actor, key) DO NOTHING
    """)

  /// Who holds them now. A statement of its own: under READ COMMITTED it sees what was committed while `claimKeys` waited.
  static let readKeys = PostgresStatement(
    "read_keys",
    """
    SELECT q.place, k.command_id, k.fingerprint, k.answer
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY q (actor, key, place)
    JOIN daybook_events.keys k ON k.actor = q.actor AND k.key = q.key
    """)

  /// Locks heads in order of shard: LockRows stands above Sort in the plan, and returns the newest version of each row.
  static let lockHeads = PostgresStatement(
    "lock_heads",
    """
    SELECT shard, position, recorded_at, series, hash FROM daybook_events.shards
    WHERE shard = ANY ($1::integer[]) ORDER BY shard FOR UPDATE
    """)

  /// Under the locks of their shards nobody else can be registering these series, and a statement of its own sees all that
  /// was committed before the locks were had.
  static let findSeries = PostgresStatement(
    "find_series",
    "SELECT fingerprint, id FROM daybook_events.series WHERE fingerprint = ANY ($1::bytea[])")

  /// Whether an event with this hash stands at this place.
  static let findEvent = PostgresStatement(
    "find_event",
    """
    SELECT EXISTS (
      SELECT FROM daybook_events.events WHERE shard = $1::integer AND position = $2::bigint AND hash = $3::bytea)
    """)

  static let insertSeries = PostgresStatement(
    "insert_series",
    """
    INSERT INTO daybook_events.series (id, fingerprint, key)
    SELECT s.id, s.fingerprint, s.key FROM unnest($1::bigint[], $2::bytea[], $3::bytea[]) s (id, fingerprint, key)
    """)

  static let append = PostgresStatement(
    "append",
    """
    SELECT daybook_events.append(
      $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    """)

  /// `append`'s answer when the heads are not where the caller thought.
  static let headsMoved = "DB001"

  /// `append`'s answer, and ours at a new connection, when the store has another generation than the caller thought.
  static let storeRestored = "DB002"

  /// Ours at a new connection, when events that were there before are not there any more.
  static let eventsLost = "DB003"

  /// Of events that were seen, those that the log does not have.
  static let findLost = PostgresStatement(
    "find_lost",
    """
    SELECT w.shard, w.position FROM unnest($1::integer[], $2::bigint[], $3::bytea[]) w (shard, position, hash)
    LEFT JOIN daybook_events.events e ON e.shard = w.shard AND e.position = w.position
    WHERE e.hash IS DISTINCT FROM w.hash ORDER BY w.shard
    """)

  static let insertRejected = PostgresStatement(
    "insert_rejected",
    """
    INSERT INTO daybook_events.rejected (time, command_id, actor, protocol, line, reason, detail)
    SELECT $1, r.command_id, r.actor, r.protocol, nullif(r.line, -1), r.reason, r.detail
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::text[])
      r (command_id, actor, protocol, line, reason, detail)
    """)

  static let answerKeys = PostgresStatement(
    "answer_keys",
    """
    UPDATE daybook_events.keys k SET answer = a.answer
    FROM unnest($1::text[], $2::text[], $3::bytea[]) a (actor, key, answer)
    WHERE k.actor = a.actor AND k.key = a.key
    """)
}
