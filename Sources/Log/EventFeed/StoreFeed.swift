package import Events
package import Postgres
package import Runtime

/// Committed events straight from the event store, in order per shard: one connection as `daybook_feed`, one thread.
///
/// Positions are contiguous and commit in order (a shard's head is locked until the append commits), so one number per
/// shard is a whole cursor and nothing can be missed. The heads are read first, by each fetch: they say what to ask for,
/// and, where a reader has everything, whether the last event is still the one that it took. Small events share rows
/// (`EventRun`): these are taken apart here, and their hashes worked out, so nobody behind this sees a difference.
package final class StoreFeed: Feed {
  /// Where the command service sends NOTIFY after a commit. A notification is a hint that ends a wait early; polling is
  /// what must find everything.
  package static let channel = "daybook_events"

  let connection: PostgresConnection
  package let identity: StoreIdentity
  /// What an event's payload had on average in the last fetch.
  private var eventBytes = 1_024

  /// Connects, and reads who the store is.
  package init(_ address: PostgresAddress, application: String) throws(FeedError) {
    do throws(PostgresError) {
      connection = try PostgresConnection(address, application: application)
      try connection.execute("SET default_transaction_read_only = on; SET jit = off")
      try connection.listen(Self.channel)
    } catch {
      throw .postgres(error)
    }
    identity = try Self.readIdentity(connection)
  }

  package var isBroken: Bool { connection.isBroken }

  /// The heads of all shards, by shard.
  package func heads() throws(FeedError) -> [ShardHead] {
    try Self.guarded { () throws(PostgresError) in
      let rows = try connection.query(Self.selectHeads)
      var heads: [ShardHead] = []
      for row in 0..<rows.rowCount {
        heads.append(
          ShardHead(
            shard: Int(try rows.int32(row, 0)), position: try rows.int64(row, 1),
            hash: try rows.byteArray(row, 2), recordedAt: try rows.int64(row, 3)))
      }
      return heads
    }
  }

  private static let selectHeads = PostgresStatement(
    "feed_heads", "SELECT shard, position, hash, recorded_at FROM daybook_events.shards ORDER BY shard")

  package var problem: String? { nil }

  package func begin(after marks: [FeedMark], checking checks: [FeedMark]) throws(FeedError) -> [FeedFault] {
    try verify(checks)
  }

  /// All comes from the store.
  package func distrust(shard: Int, position: Int64) -> Bool { false }

  /// Checks that each mark's event is in the store with the mark's hash: to be done with every new connection, since the
  /// store can have been restored meanwhile. Returns the shards where one is not, each with its first such event.
  package func verify(_ marks: [FeedMark]) throws(FeedError) -> [FeedFault] {
    let taken = marks.filter { $0.position > 0 }
    var parameters = PostgresParameters()
    parameters.int32Array(taken.map { Int32(truncatingIfNeeded: $0.shard) })
    parameters.int64Array(taken.map(\.position))
    let rows = try Self.guarded { () throws(PostgresError) in try connection.query(Self.selectMarked, parameters) }
    var hashes: [ShardPosition: [UInt8]] = [:]
    var causes: [ShardPosition: FaultCause] = [:]
    for row in 0..<rows.rowCount {
      let (before, position) = try Self.guarded { () throws(PostgresError) in
        (rows.isNull(row, 12) ? EventHash.beforeFirst : try rows.byteArray(row, 12), try rows.int64(row, 13))
      }
      let stored = try StoredRow(rows, row)
      do throws(FaultCause) {
        for event in try stored.events(after: before) { hashes[event.shardPosition] = event.hash }
      } catch {
        causes[ShardPosition(shard: stored.shard, position: position)] = error
      }
    }
    var faults: [Int: FeedFault] = [:]
    for mark in taken {
      let place = ShardPosition(shard: mark.shard, position: mark.position)
      if hashes[place] == mark.hash { continue }
      if let first = faults[mark.shard], first.position <= mark.position { continue }
      let cause = causes[place] ?? .storeChanged(Self.difference(mark, isThere: hashes[place] != nil))
      faults[mark.shard] = FeedFault(shard: mark.shard, position: mark.position + 1, cause)
    }
    return faults.values.sorted { $0.shard < $1.shard }
  }

  private static func difference(_ mark: FeedMark, isThere: Bool) -> String {
    "event \(mark.position) was read, and is " + (isThere ? "there with another hash" : "not there")
  }

  /// The row that an event stands in is the first that does not end before it. With the hash of the row before: from
  /// there on the hashes within a run follow.
  static let selectMarked = PostgresStatement(
    "feed_marked",
    """
    SELECT e.shard, e.position, e.type, e.schema_version, e.recorded_at, e.command_id, e.time_min, e.time_max,
      e.sample_count, e.metadata, e.payload, e.hash, b.hash, w.position
    FROM unnest($1, $2) AS w (shard, position)
    CROSS JOIN LATERAL (
      SELECT * FROM daybook_events.events AS v WHERE v.shard = w.shard AND v.position >= w.position
      ORDER BY v.position LIMIT 1
    ) AS e
    LEFT JOIN LATERAL (
      SELECT v.hash FROM daybook_events.events AS v WHERE v.shard = w.shard AND v.position < e.position
      ORDER BY v.position DESC LIMIT 1
    ) AS b ON true
    """)

  /// How far the marks are behind, in one statement.
  package func lag(after marks: [FeedMark]) throws(FeedError) -> [FeedLag] {
    var parameters = PostgresParameters()
    parameters.int32Array(marks.map { Int32(truncatingIfNeeded: $0.shard) })
    parameters.int64Array(marks.map(\.position))
    return try Self.guarded { () throws(PostgresError) in
      let rows = try connection.query(Self.selectLag, parameters)
      var lags: [FeedLag] = []
      for row in 0..<rows.rowCount {
        let (head, after) = (try rows.int64(row, 1), try rows.int64(row, 2))
        lags.append(
          FeedLag(
            shard: Int(try rows.int32(row, 0)), head: head, events: max(0, head - after),
            oldestRecordedAt: rows.isNull(row, 3) ? nil : try rows.int64(row, 3)))
      }
      return lags
    }
  }

  private static let selectLag = PostgresStatement(
    "feed_lag",
    """
    SELECT s.shard, s.position, w.after,
      (SELECT e.recorded_at FROM daybook_events.events e WHERE e.shard = w.shard AND e.position > w.after
        ORDER BY e.position LIMIT 1)
    FROM unnest($1, $2) AS w (shard, after) JOIN daybook_events.shards s ON s.shard = w.shard ORDER BY s.shard
    """)

  /// The events behind the marks (one mark per shard that is wanted), as many as `limits` allow, fairly shared among the
  /// shards. Does not wait: nothing new gives an empty batch. A shard whose events do not continue its mark, or cannot be
  /// taken out of their rows, even at a second look, ends there with a fault.
  package func fetch(after marks: [FeedMark], limits: FeedLimits) throws(FeedError) -> FeedBatch {
    let heads = try heads()
    let plan = FetchPlan(marks: marks, heads: heads, limits: limits, eventBytes: eventBytes)
    if plan.shares.isEmpty { return FeedBatch(records: [], heads: heads, isFull: false, faults: plan.faults) }
    let hashes = Dictionary(marks.map { ($0.shard, $0.hash) }, uniquingKeysWith: { first, _ in first })
    var reading = try read(plan, hashes)
    if !reading.faults.isEmpty { reading = try read(plan, hashes) }
    var bytes = 0
    for record in reading.records { bytes += record.payload.count }
    eventBytes = max(1, bytes / max(1, reading.records.count))
    return FeedBatch(
      records: reading.records, heads: heads, isFull: plan.leavesSome || reading.isCut,
      faults: plan.faults + reading.faults)
  }

  /// Waits until somebody says that there are new events, `timeout` has passed or `wake` is rung.
  package func waitForEvents(timeout: Duration, wake: WakeDescriptor) throws(FeedError) {
    try Self.guarded { () throws(PostgresError) in
      _ = try connection.waitForNotification(timeout: timeout, wake: wake)
    }
  }

  // MARK: Reading

  /// - Parameter hashes: of the events that the shares begin after.
  private func read(_ plan: FetchPlan, _ hashes: [Int: [UInt8]]) throws(FeedError) -> PlanReading {
    var parameters = PostgresParameters()
    parameters.int32Array(plan.shares.map { Int32(truncatingIfNeeded: $0.shard) })
    parameters.int64Array(plan.shares.map(\.after))
    parameters.int64Array(plan.shares.map { Int64($0.events) })
    parameters.int64(Int64(plan.bytes))
    parameters.int64(Int64(plan.samples))
    parameters.int64(Int64(EventRun.countLimit))
    let rows = try Self.guarded { () throws(PostgresError) in try connection.query(Self.selectEvents, parameters) }
    var reading = PlanReading(plan, hashes: hashes, expecting: rows.rowCount)
    for row in 0..<rows.rowCount { reading.take(try StoredRow(rows, row)) }
    reading.finish()
    return reading
  }

  /// Sizes are known without reading the payloads (`octet_length` looks at the TOAST pointer only), so what the limits cut
  /// off costs nearly nothing. All in one snapshot. A row has the position of its last event: of rows that hold several,
  /// the last to begin among the wanted ones ends at most `EventRun.countLimit` - 1 behind these. Where rows hold few
  /// events, some come that nobody asked for.
  private static let selectEvents = PostgresStatement(
    "feed_events",
    """
    SELECT e.shard, e.position, e.type, e.schema_version, e.recorded_at, e.command_id, e.time_min, e.time_max,
      e.sample_count, e.metadata, e.payload, e.hash
    FROM unnest($1, $2, $3) AS w (shard, after, events)
    CROSS JOIN LATERAL (
      SELECT n.*, sum(octet_length(n.payload)) OVER before AS bytes, sum(n.sample_count) OVER before AS samples
      FROM (
        SELECT * FROM daybook_events.events AS v
        WHERE v.shard = w.shard AND v.position > w.after AND v.position < w.after + w.events + $6
        ORDER BY v.position LIMIT w.events
      ) AS n
      WINDOW before AS (ORDER BY n.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ) AS e
    WHERE coalesce(e.bytes, 0) < $4 AND coalesce(e.samples, 0) < $5
    ORDER BY e.shard, e.position
    """)

  private static func readIdentity(_ connection: PostgresConnection) throws(FeedError) -> StoreIdentity {
    do throws(PostgresError) {
      let rows = try connection.query(sql: "SELECT id, generation, shards FROM daybook_events.store")
      if rows.rowCount == 1 {
        let id = try rows.uuid(0, 0)
        return StoreIdentity(
          idHigh: id.high, idLow: id.low, generation: try rows.int32(0, 1), shards: Int(try rows.int32(0, 2)))
      }
    } catch {
      // No such schema or table: nobody has migrated yet.
      if error.sqlState != "42P01", error.sqlState != "3F000" { throw .postgres(error) }
    }
    throw .noStore
  }

  static func guarded<R>(_ body: () throws(PostgresError) -> R) throws(FeedError) -> R {
    do throws(PostgresError) { return try body() } catch { throw .postgres(error) }
  }
}
