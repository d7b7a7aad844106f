import Events
package import Postgres
package import ProjectionKit
import Runtime

/// The read store as a projector writes it: one connection as `daybook_projector`, one thread.
///
/// Every write of rows goes through `write`, fenced. Commits do not wait for the disk (`synchronous_commit = off`): a
/// crash of Postgres can lose the last ones, but rows and progress together, and the events are read again.
package final class ReadStore {
  /// Where NOTIFY goes out after flushes.
  package static let channel = "daybook_progress"

  let connection: PostgresConnection
  private let transaction: PostgresReadTransaction

  package init(_ address: PostgresAddress, application: String) throws(PostgresError) {
    connection = try PostgresConnection(address, application: application)
    // Many short statements over few rows: compiling them never pays.
    try connection.execute("SET synchronous_commit = off; SET jit = off")
    transaction = PostgresReadTransaction(connection)
  }

  package var isBroken: Bool { connection.isBroken }

  /// The server has closed the connection behind our back. Does not block.
  package func noticeIfClosed() -> Bool { connection.noticeIfClosed() }

  /// Takes a shard of a build for this projector: raises the epoch, so that whoever had it can write no more, and runs
  /// `restore` in the same transaction, where nobody else can write the shard's rows. Call it with the lease held.
  /// - Returns: the progress, under the new epoch.
  package func take(
    _ shard: BuildShard, restore: (ShardProgress, any ReadTransaction) throws -> Void
  ) throws -> ShardProgress {
    try within("BEGIN; SET LOCAL synchronous_commit = on") {
      var parameters = PostgresParameters()
      parameters.int32(shard.build)
      parameters.int32(Int32(truncatingIfNeeded: shard.shard))
      let row = try connection.query(Self.raiseEpoch, parameters)
      guard row.rowCount == 1 else { throw ReadStoreError.noSuchProgress(shard) }
      let progress = ShardProgress(
        position: try row.int64(0, 0), hash: try row.byteArray(0, 1), epoch: try row.int64(0, 2),
        offset: row.isNull(0, 3) ? nil : try row.int64(0, 3))
      try restore(progress, transaction)
      return progress
    }
  }

  /// The UPDATE waits for a writer's lock on the row and returns what it left. What was wrong for the one before is to be
  /// found out anew.
  private static let raiseEpoch = PostgresStatement(
    "raise_epoch",
    """
    UPDATE daybook_read.progress SET epoch = epoch + 1, problem = NULL WHERE build = $1 AND shard = $2
    RETURNING position, hash, epoch, kafka_offset
    """)

  /// One transaction: the fence, then `body`, then COMMIT. When anything throws, nothing of it is in the tables, unless it
  /// was thrown by the COMMIT or behind it: then nobody knows, and only taking the shards again tells.
  /// - Parameter notify: tell who listens on `channel`, after the commit. Inside the transaction it would take a lock of
  ///   the whole cluster at COMMIT.
  /// - Throws: `ReadStoreError.fenced` before `body` is called when another projector has taken one of the shards;
  ///   otherwise what `body` or Postgres throws.
  package func write(
    _ fence: Fence, at wall: Int64, notify: Bool, _ body: (any ReadTransaction) throws -> Void
  ) throws {
    do {
      let results = try connection.pipeline { (pipeline) throws(PostgresError) in
        try pipeline.add(sql: "BEGIN")
        try pipeline.add(Fence.statement, fence.parameters(at: wall))
      }
      let actual = results.last?.affectedRows ?? 0
      guard actual == fence.count else { throw ReadStoreError.fenced(expected: fence.count, actual: actual) }
      try body(transaction)
      _ = try connection.pipeline { (pipeline) throws(PostgresError) in
        try pipeline.add(sql: "COMMIT")
        if notify { try pipeline.add(sql: "NOTIFY \(Self.channel)") }
      }
    } catch {
      connection.rollbackIfNeeded()
      throw error
    }
  }

  func within<R>(_ begin: String, _ body: () throws -> R) throws -> R {
    do {
      try connection.execute(begin)
      let value = try body()
      try connection.commit()
      return value
    } catch {
      connection.rollbackIfNeeded()
      throw error
    }
  }
}
