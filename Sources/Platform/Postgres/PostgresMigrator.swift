import Hashing
import Runtime

/// Brings a schema forward: numbered SQL files, each applied once, in order, in a transaction of its own, remembered in
/// `<schema>.migrations` with its SHA-256. There is no way back, and an applied file never changes.
package struct PostgresMigrator {
  package typealias Migration = (number: Int, name: String, sql: [UInt8])

  package let schema: String
  private let migrations: [Migration]
  private let what: String

  /// How long to wait for another process that is migrating the same schema.
  package static let lockWait = Duration.seconds(60)

  /// - Parameter migrations: numbered 1, 2, 3 … without gaps.
  package init(schema: String, migrations: [Migration]) {
    for (index, migration) in migrations.enumerated() {
      precondition(migration.number == index + 1, "BUG: migration \(migration.number) of \(schema) is out of order")
    }
    self.schema = schema
    self.migrations = migrations
    what = "migrate schema \(schema)"
  }

  /// Applies what is pending and returns its names. Of several at once one works, the others wait for it and find nothing
  /// left to do. Time limits of the session do not count within.
  /// - Parameter substitute: values for `{{key}}` in the SQL; the checksum is of the text before.
  /// - Throws: an applied migration that has another checksum here or that this program does not know, an unknown
  ///   `{{key}}`, or what Postgres says; what was applied before the failing one stays applied.
  package func migrate(
    _ connection: PostgresConnection, substitute: [String: String] = [:]
  ) throws(PostgresError) -> [String] {
    let texts = try migrations.map { migration throws(PostgresError) in
      try Self.substituted(migration, substitute, what)
    }
    let responseTimeout = connection.responseTimeout
    connection.responseTimeout = nil
    defer { connection.responseTimeout = responseTimeout }
    try lock(connection)
    defer { unlock(connection) }
    try connection.execute(
      """
      CREATE SCHEMA IF NOT EXISTS \(quotedSchema);
      CREATE TABLE IF NOT EXISTS \(quotedSchema).migrations (
        number integer PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL, applied_at bigint NOT NULL)
      """)
    var applied: [String] = []
    for index in try pendingIndices(connection) {
      try apply(migrations[index], texts[index], connection)
      applied.append(migrations[index].name)
    }
    return applied
  }

  /// The names of what `migrate` would apply. Changes nothing; needs SELECT on the table of migrations.
  package func pending(_ connection: PostgresConnection) throws(PostgresError) -> [String] {
    var parameters = PostgresParameters()
    parameters.text("\(quotedSchema).migrations")
    let known = try connection.query(sql: "SELECT to_regclass($1)::oid", parameters)
    if known.isNull(0, 0) { return migrations.map(\.name) }
    return try pendingIndices(connection).map { migrations[$0].name }
  }

  private var quotedSchema: String { PostgresConnection.quoted(identifier: schema) }

  private func pendingIndices(_ connection: PostgresConnection) throws(PostgresError) -> Range<Int> {
    let rows = try connection.query(
      sql: "SELECT number, name, checksum FROM \(quotedSchema).migrations ORDER BY number")
    for row in 0..<rows.rowCount {
      let (number, name) = (try rows.int32(row, 0), try rows.text(row, 1))
      guard number == row + 1, row < migrations.count else {
        throw PostgresError(
          what, message: "migration \(number) (\(name)) is applied, but this program does not know it",
          hint: "use the program that applied it, or a newer one")
      }
      guard try rows.byteArray(row, 2) == SHA256.hash(migrations[row].sql) else {
        throw PostgresError(
          what, message: "migration \(number) (\(name)) was applied with another text than this program has",
          hint: "an applied migration never changes: write a new one")
      }
    }
    return rows.rowCount..<migrations.count
  }

  private func apply(
    _ migration: Migration, _ text: String, _ connection: PostgresConnection
  ) throws(PostgresError) {
    do {
      try connection.transaction { () throws(PostgresError) in
        try connection.execute(
          "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; "
            + "SET LOCAL idle_in_transaction_session_timeout = 0")
        try connection.execute(text)
        var parameters = PostgresParameters()
        parameters.int32(Int32(migration.number))
        parameters.text(migration.name)
        parameters.bytes(SHA256.hash(migration.sql))
        parameters.int64(WallClock.now)
        _ = try connection.query(
          sql: "INSERT INTO \(quotedSchema).migrations VALUES ($1, $2, $3, $4)", parameters)
      }
    } catch {
      throw PostgresError(
        "apply migration \(migration.number) (\(migration.name)) of schema \(schema)", message: error.message,
        sqlState: error.sqlState, detail: error.detail, hint: error.hint, isConnectionLost: error.isConnectionLost)
    }
  }

  /// A session's advisory lock, tried again and again instead of waited for: the session's limits may be shorter.
  private func lock(_ connection: PostgresConnection) throws(PostgresError) {
    let deadline = MonotonicClock.deadline(after: Self.lockWait)
    while true {
      let answer = try connection.query(sql: "SELECT pg_try_advisory_lock(\(lockKey))")
      if try answer.bool(0, 0) { return }
      if MonotonicClock.now >= deadline {
        throw PostgresError(
          what, message: "another process has been migrating it for \(Self.lockWait)", sqlState: "55P03")
      }
      MonotonicClock.sleep(for: .milliseconds(50))
    }
  }

  private func unlock(_ connection: PostgresConnection) {
    if connection.isBroken { return }  // The lock ended with the session.
    do { _ = try connection.query(sql: "SELECT pg_advisory_unlock(\(lockKey))") } catch { connection.close() }
  }

  /// The first 63 bits of a hash of the schema's name.
  private var lockKey: Int64 {
    let digest = SHA256.hash([UInt8]("daybook migrations \(schema)".utf8))
    return digest.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) } & .max
  }

  private static func substituted(
    _ migration: Migration, _ values: [String: String], _ what: String
  ) throws(PostgresError) -> String {
    let sql = migration.sql
    var text: [UInt8] = []
    var index = 0
    while index < sql.count {
      guard let end = placeholderEnd(sql, index) else {
        text.append(sql[index])
        index += 1
        continue
      }
      let key = String(decoding: sql[index + 2..<end - 2], as: UTF8.self)
      guard let value = values[key] else {
        throw PostgresError(what, message: "migration \(migration.name) asks for {{\(key)}}, which nobody gave")
      }
      text.append(contentsOf: value.utf8)
      index = end
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Where the `{{key}}` that begins at `start` ends; nil where none begins. Keys are lower-case letters and `_`.
  private static func placeholderEnd(_ sql: [UInt8], _ start: Int) -> Int? {
    let (opening, closing) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    guard start + 4 < sql.count, sql[start] == opening, sql[start + 1] == opening else { return nil }
    var end = start + 2
    while end < sql.count, sql[end] == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(sql[end]) {
      end += 1
    }
    guard end > start + 2, end + 1 < sql.count, sql[end] == closing, sql[end + 1] == closing else { return nil }
    return end + 2
  }
}
