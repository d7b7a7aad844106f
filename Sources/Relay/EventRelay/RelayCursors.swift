package import EventFeed
import Events
package import Postgres
import Runtime

/// The relay's cursors in the event store, of one topic: one connection as `daybook_relay`, one thread.
///
/// Whoever takes a shard raises its epoch; moving a cursor names position and epoch, so a relay that only thinks that it
/// has the shard moves nothing. What such a relay sends is on the topic twice: readers pass over what they have. A move
/// does not wait for the disk: a cursor that a crash set back makes the relay send again.
package final class RelayCursors {
  private let connection: PostgresConnection
  private let topic: String

  package init(_ address: PostgresAddress, topic: String, application: String) throws(PostgresError) {
    connection = try PostgresConnection(address, application: application)
    try connection.execute("SET synchronous_commit = off; SET jit = off")
    self.topic = topic
  }

  var isBroken: Bool { connection.isBroken }

  /// Takes a shard for this relay, whoever had it.
  func take(_ shard: Int, generation: Int32) throws(PostgresError) -> RelayCursor {
    var made = PostgresParameters()
    made.text(topic)
    made.int32(Int32(truncatingIfNeeded: shard))
    made.int32(generation)
    made.bytes(EventHash.beforeFirst)
    made.int64(WallClock.now)
    _ = try connection.query(Self.make, made)
    var parameters = PostgresParameters()
    parameters.text(topic)
    parameters.int32(Int32(truncatingIfNeeded: shard))
    let row = try connection.query(Self.raiseEpoch, parameters)
    return RelayCursor(
      position: try row.int64(0, 0), hash: try row.byteArray(0, 1), epoch: try row.int64(0, 2),
      generation: try row.int32(0, 3))
  }

  private static let make = PostgresStatement(
    "relay_make",
    """
    INSERT INTO daybook_events.relay_cursors (topic, shard, generation, position, hash, epoch, updated_at)
    VALUES ($1, $2, $3, 0, $4, 0, $5) ON CONFLICT DO NOTHING
    """)

  private static let raiseEpoch = PostgresStatement(
    "relay_take",
    """
    UPDATE daybook_events.relay_cursors SET epoch = epoch + 1 WHERE topic = $1 AND shard = $2
    RETURNING position, hash, epoch, generation
    """)

  /// One move of several shards, all or none.
  /// - Throws: `RelayError.fenced` when one is not where and whose this relay thinks.
  func move(_ moves: [(shard: Int, from: RelayCursor, to: RelayCursor)]) throws {
    if moves.isEmpty { return }
    var parameters = PostgresParameters()
    parameters.text(topic)
    parameters.int32Array(moves.map { Int32(truncatingIfNeeded: $0.shard) })
    parameters.int64Array(moves.map(\.from.position))
    parameters.int64Array(moves.map(\.from.epoch))
    parameters.int64Array(moves.map(\.to.position))
    parameters.byteaArray(moves.map(\.to.hash))
    parameters.int64(WallClock.now)
    do {
      try connection.execute("BEGIN")
      let moved = try connection.query(Self.moveCursors, parameters).affectedRows
      guard moved == moves.count else { throw RelayError.fenced(expected: moves.count, actual: moved) }
      try connection.commit()
    } catch {
      connection.rollbackIfNeeded()
      throw error
    }
  }

  private static let moveCursors = PostgresStatement(
    "relay_move",
    """
    UPDATE daybook_events.relay_cursors AS c SET position = w.new, hash = w.hash, updated_at = $7, problem = NULL
    FROM unnest($2, $3, $4, $5, $6) AS w (shard, old, epoch, new, hash)
    WHERE c.topic = $1 AND c.shard = w.shard AND c.position = w.old AND c.epoch = w.epoch
    """)

  /// The epochs as they are, by shard.
  func epochs() throws(PostgresError) -> [Int: Int64] {
    var parameters = PostgresParameters()
    parameters.text(topic)
    let rows = try connection.query(Self.selectEpochs, parameters)
    var epochs: [Int: Int64] = [:]
    for row in 0..<rows.rowCount { epochs[Int(try rows.int32(row, 0))] = try rows.int64(row, 1) }
    return epochs
  }

  private static let selectEpochs = PostgresStatement(
    "relay_epochs", "SELECT shard, epoch FROM daybook_events.relay_cursors WHERE topic = $1")

  /// The positions as they are, by shard.
  package func positions() throws(PostgresError) -> [Int: Int64] {
    var parameters = PostgresParameters()
    parameters.text(topic)
    let rows = try connection.query(Self.selectPositions, parameters)
    var positions: [Int: Int64] = [:]
    for row in 0..<rows.rowCount { positions[Int(try rows.int32(row, 0))] = try rows.int64(row, 1) }
    return positions
  }

  private static let selectPositions = PostgresStatement(
    "relay_positions", "SELECT shard, position FROM daybook_events.relay_cursors WHERE topic = $1")

  /// Keeps why a shard is not gone on with, for those who ask for the status; nil: it is.
  func note(_ problem: String?, shard: Int, epoch: Int64) throws(PostgresError) {
    var parameters = PostgresParameters()
    parameters.text(topic)
    parameters.int32(Int32(truncatingIfNeeded: shard))
    parameters.int64(epoch)
    if let problem { parameters.text(problem) } else { parameters.null() }
    _ = try connection.query(Self.noteProblem, parameters)
  }

  private static let noteProblem = PostgresStatement(
    "relay_problem",
    """
    UPDATE daybook_events.relay_cursors SET problem = $4
    WHERE topic = $1 AND shard = $2 AND epoch = $3 AND problem IS DISTINCT FROM $4
    """)

  /// Sets a cursor back, or to another history: from the event behind `position` on all is sent again. A relay that has
  /// the shard notices by the epoch.
  /// - Parameter hash: of the event at `position`; zeros at 0.
  package func set(_ shard: Int, position: Int64, hash: [UInt8], generation: Int32) throws(PostgresError) {
    var parameters = PostgresParameters()
    parameters.text(topic)
    parameters.int32(Int32(truncatingIfNeeded: shard))
    parameters.int32(generation)
    parameters.int64(position)
    parameters.bytes(hash)
    parameters.int64(WallClock.now)
    _ = try connection.query(Self.setCursor, parameters)
  }

  private static let setCursor = PostgresStatement(
    "relay_set",
    """
    INSERT INTO daybook_events.relay_cursors AS c (topic, shard, generation, position, hash, epoch, updated_at)
    VALUES ($1, $2, $3, $4, $5, 0, $6)
    ON CONFLICT (topic, shard) DO UPDATE SET generation = $3, position = $4, hash = $5, epoch = c.epoch + 1,
      updated_at = $6, problem = NULL
    """)
}

extension RelayCursors {
  /// Sets a shard's cursor so that the event behind `position` is the next one sent.
  /// - Throws: `RelayError.noSuchEvent` when the store has no event there.
  package func rewind(_ shard: Int, to position: Int64, _ feed: StoreFeed) throws {
    var hash = EventHash.beforeFirst
    if position > 0 {
      guard let found = try feed.hash(of: ShardPosition(shard: shard, position: position)) else {
        throw RelayError.noSuchEvent(shard: shard, position: position)
      }
      hash = found
    }
    try set(shard, position: position, hash: hash, generation: feed.identity.generation)
  }

  /// After the store got a new generation: gives it to those cursors of all topics whose event the log still has, in one
  /// transaction. The others stay, and stop the relay, since their topics hold what the store does not have. Relays may be
  /// at work: they begin anew.
  /// - Returns: topic and shard of each, by topic, then shard, and whether it fits.
  package static func adopt(
    _ address: PostgresAddress, _ feed: StoreFeed
  ) throws -> [(topic: String, shard: Int, fits: Bool)] {
    let connection = try PostgresConnection(address, application: "daybook migrate")
    do {
      try connection.execute("BEGIN")
      let rows = try connection.query(
        sql: "SELECT topic, shard, position, hash FROM daybook_events.relay_cursors ORDER BY topic, shard FOR UPDATE")
      var topics: [(name: String, marks: [FeedMark])] = []
      for row in 0..<rows.rowCount {
        let topic = try rows.text(row, 0)
        let mark = FeedMark(
          shard: Int(try rows.int32(row, 1)), position: try rows.int64(row, 2), hash: try rows.byteArray(row, 3))
        if topics.last?.name != topic { topics.append((topic, [])) }
        topics[topics.count - 1].marks.append(mark)
      }
      var adopted: [(topic: String, shard: Int, fits: Bool)] = []
      for topic in topics {
        let others = Set(try feed.verify(topic.marks).map(\.shard))
        let fitting = topic.marks.map(\.shard).filter { !others.contains($0) }
        try adopt(fitting, of: topic.name, generation: feed.identity.generation, connection)
        adopted += topic.marks.map { (topic.name, $0.shard, !others.contains($0.shard)) }
      }
      try connection.commit()
      return adopted
    } catch {
      connection.rollbackIfNeeded()
      throw error
    }
  }

  private static func adopt(
    _ shards: [Int], of topic: String, generation: Int32, _ connection: PostgresConnection
  ) throws(PostgresError) {
    var parameters = PostgresParameters()
    parameters.text(topic)
    parameters.int32Array(shards.map { Int32(truncatingIfNeeded: $0) })
    parameters.int32(generation)
    _ = try connection.query(adoptCursors, parameters)
  }

  private static let adoptCursors = PostgresStatement(
    "relay_adopt",
    """
    UPDATE daybook_events.relay_cursors SET generation = $3, epoch = epoch + 1, problem = NULL
    WHERE topic = $1 AND shard = ANY ($2)
    """)
}
