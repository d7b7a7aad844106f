import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

@Suite struct PostgresConnectionTests {
  let database: TestDatabase
  let connection: PostgresConnection

  init() throws {
    database = try TestDatabase.makeEmpty()
    connection = try database.connect()
  }

  @Test func errorsCarryTheServersCodeAndTheConnectionStaysUsable() throws {
    func state(_ sql: String) -> String? {
      do {
        _ = try connection.query(sql: sql)
        return nil
      } catch { return error.sqlState }
    }
    try connection.execute("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)")
    #expect(state("SELECT 1/0") == "22012")
    #expect(state("INSERT INTO t VALUES (1)") == "23505")
    #expect(state("SELECT nothing") == "42703")
    #expect(state("SELEC 1") == "42601")
    #expect(state("SELECT 1") == nil)
    #expect(!connection.isBroken)
  }

  @Test func aViolatedConstraintIsNamedAndItsDataStaysOutOfTheSafeText() throws {
    try connection.execute("CREATE TABLE t (id int CONSTRAINT once PRIMARY KEY); INSERT INTO t VALUES (4711)")
    let error = #expect(throws: PostgresError.self) { try connection.execute("INSERT INTO t VALUES (4711)") }
    #expect(error?.constraint == "once")
    #expect(error?.disposition == .reject)
    #expect(error?.description.contains("4711") == true)
    #expect(error?.safeDescription.contains("4711") == false)
  }

  @Test func dispositionsFollowTheCode() {
    func disposition(_ sqlState: String?) -> PostgresError.Disposition {
      PostgresError("test", message: "", sqlState: sqlState).disposition
    }
    for state in ["40001", "40P01", "55P03", "57014", "57P01", "57P03", "53100", "53300", "08006", "25006", "58030"] {
      #expect(disposition(state) == .retry, "\(state)")
    }
    for state in ["22003", "23505"] { #expect(disposition(state) == .reject, "\(state)") }
    for state in ["42501", "42P01", "28P01", "3D000", "XX000"] { #expect(disposition(state) == .fatal, "\(state)") }
    #expect(disposition(nil) == .fatal)
    #expect(PostgresError("test", message: "", isConnectionLost: true).disposition == .retry)
  }

  @Test func executeRunsSeveralStatementsAsOneTransaction() throws {
    #expect(throws: PostgresError.self) {
      try connection.execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1); SELECT 1/0")
    }
    #expect(try connection.query(sql: "SELECT to_regclass('t') IS NULL").bool(0, 0))
  }

  @Test func aStatementIsPreparedOnceAndUsedAgain() throws {
    let statement = PostgresStatement("double_it", "SELECT $1 * 2")
    for value in 1...3 {
      var parameters = PostgresParameters()
      parameters.int64(Int64(value))
      #expect(try connection.query(statement, parameters).int64(0, 0) == Int64(value) * 2)
    }
    #expect(try preparedCount() == 1)
  }

  @Test func otherParameterTypesPrepareTheStatementAnew() throws {
    let statement = PostgresStatement("say", "SELECT $1")
    for _ in 0..<3 {
      var number = PostgresParameters()
      number.int64(5)
      #expect(try connection.query(statement, number).int64(0, 0) == 5)
      var text = PostgresParameters()
      text.text("five")
      #expect(try connection.query(statement, text).text(0, 0) == "five")
      var null = PostgresParameters()
      null.null()
      #expect(try connection.query(statement, null).isNull(0, 0))
    }
    #expect(try preparedCount() == 2)
  }

  @Test func aFailedPreparationIsNotRemembered() throws {
    let statement = PostgresStatement("later", "SELECT id FROM later")
    #expect(throws: PostgresError.self) { try connection.query(statement) }
    try connection.execute("CREATE TABLE later (id int); INSERT INTO later VALUES (9)")
    #expect(try connection.query(statement).int32(0, 0) == 9)
  }

  @Test func aPlanThatWentStaleIsMadeAgain() throws {
    try connection.execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1)")
    let statement = PostgresStatement("all", "SELECT * FROM t")
    #expect(try connection.query(statement).columnCount == 1)
    try connection.execute("ALTER TABLE t ADD COLUMN more bigint DEFAULT 2")
    #expect(try connection.query(statement).columnCount == 2)
  }

  @Test func aTransactionCommitsOrRollsBack() throws {
    try connection.execute("CREATE TABLE t (id int)")
    try connection.transaction { () throws(PostgresError) in try connection.execute("INSERT INTO t VALUES (1)") }
    #expect(throws: PostgresError.self) {
      try connection.transaction { () throws(PostgresError) in
        try connection.execute("INSERT INTO t VALUES (2)")
        try connection.execute("SELECT 1/0")
      }
    }
    #expect(!connection.isInTransaction)
    #expect(try connection.query(sql: "SELECT count(*), max(id) FROM t").int64(0, 0) == 1)
  }

  @Test func aCommitThatTheServerTurnsIntoARollbackIsAnError() throws {
    try connection.execute("CREATE TABLE t (id int)")
    #expect(throws: PostgresError.self) {
      try connection.transaction { () throws(PostgresError) in
        try connection.execute("INSERT INTO t VALUES (2)")
        try? connection.execute("SELECT 1/0")
      }
    }
    #expect(try connection.query(sql: "SELECT count(*) FROM t").int64(0, 0) == 0)
  }

  @Test func affectedRowsAreCounted() throws {
    try connection.execute("CREATE TABLE t (id int)")
    #expect(try connection.query(sql: "INSERT INTO t SELECT generate_series(1, 5)").affectedRows == 5)
    #expect(try connection.query(sql: "DELETE FROM t WHERE id > 3").affectedRows == 2)
    #expect(try connection.query(sql: "CREATE TABLE u (id int)").affectedRows == 0)
  }

  @Test func copyThroughExecuteIsRefused() throws {
    try connection.execute("CREATE TABLE t (id int)")
    #expect(throws: PostgresError.self) { try connection.execute("COPY t TO STDOUT") }
    #expect(connection.isBroken)
  }

  @Test func theSessionHasItsLimitsRoleAndName() throws {
    var timeouts = PostgresTimeouts()
    timeouts.statement = .milliseconds(12_345)
    timeouts.lock = .seconds(2)
    timeouts.idleInTransaction = .zero
    try connection.execute("CREATE ROLE \"odd role\\\" NOLOGIN")
    defer { try? connection.execute("DROP ROLE \"odd role\\\"") }
    let session = try PostgresConnection(
      database.address().with(role: "odd role\\"), application: "named thus", timeouts: timeouts)
    let result = try session.query(
      sql: """
        SELECT current_user::text, current_setting('statement_timeout'), current_setting('lock_timeout'),
          current_setting('idle_in_transaction_session_timeout'), current_setting('application_name')
        """)
    #expect(try result.text(0, 0) == "odd role\\")
    #expect(try result.text(0, 1) == "12345ms")
    #expect(try result.text(0, 2) == "2s")
    #expect(try result.text(0, 3) == "0")
    #expect(try result.text(0, 4) == "named thus")
  }

  @Test func noErrorOrDescriptionShowsAPassword() {
    let secret = "s3cretWord"
    let addresses = [
      "postgresql://someone:\(secret)@127.0.0.1:1/db", "host=127.0.0.1 port=1 password=\(secret)",
      "postgresql://someone:\(secret)@[::1/db", "host=127.0.0.1 password='\(secret)", "pasword=\(secret)",
    ]
    for text in addresses {
      let address = PostgresAddress(conninfo: text)
      #expect(!address.redacted.contains(secret))
      #expect(!"\(address)".contains(secret))
      let error = #expect(throws: PostgresError.self) { try PostgresConnection(address, application: "tests") }
      #expect(error.map { !$0.description.contains(secret) && !$0.safeDescription.contains(secret) } == true)
    }
  }

  @Test func whatStandsInQuotesIsNotInAnError() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.execute("ALTER ROLE nobody PASSWORD 'it''s secret' VALID UNTIL 'infinity'")
    }
    #expect(error?.description.contains("secret") == false)
    #expect(error?.what.contains("ALTER ROLE nobody PASSWORD") == true)
  }

  @Test func refusedConnectionsAreUnavailableAndWrongNamesAreNot() throws {
    let away = PostgresAddress(conninfo: "host=/nowhere/at/all")
    let refused = #expect(throws: PostgresError.self) { try PostgresConnection(away, application: "tests") }
    #expect(refused?.isUnavailable == true)
    #expect(refused?.disposition == .retry)
    let wrong = database.address().with(database: "no_such_database")
    let missing = #expect(throws: PostgresError.self) { try PostgresConnection(wrong, application: "tests") }
    #expect(missing?.sqlState == "3D000")
    #expect(missing?.disposition == .fatal)
    let nobody = #expect(throws: PostgresError.self) {
      try PostgresConnection(database.address("nobody_there"), application: "tests")
    }
    #expect(nobody?.disposition == .fatal)
  }

  @Test func cancelRunningEndsAStatementFromAnotherThread() throws {
    let session = connection
    let isCancelled = Atomic(false)
    let canceller = OwnedThread("canceller") {
      // The statement may not have begun yet when the first request comes.
      while !isCancelled.load(ordering: .relaxed) {
        MonotonicClock.sleep(for: .milliseconds(20))
        session.cancelRunning()
      }
    }
    let error = #expect(throws: PostgresError.self) { try session.query(sql: "SELECT pg_sleep(20)") }
    isCancelled.store(true, ordering: .relaxed)
    canceller.join()
    #expect(error?.sqlState == "57014")
  }

  private func preparedCount() throws -> Int64 {
    try connection.query(sql: "SELECT count(*) FROM pg_prepared_statements").int64(0, 0)
  }
}
