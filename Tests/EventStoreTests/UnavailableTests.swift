import Commands
import EventStore
import Events
import Postgres
import PostgresCluster
import EventStoreMigrations
import Glibc
import Runtime
import Synchronization
import TestSupport
import Testing

private func isUnavailable(_ result: Result<AppendOutcome, AppendError>) -> Bool {
  if case .failure(.unavailable) = result { true } else { false }
}

private func limits(patience: Duration) -> AppenderLimits {
  var limits = AppenderLimits()
  limits.patience = patience
  return limits
}

@Test func withPostgresAwayNothingIsAcknowledgedAndItRecoversByItself() throws {
  let folder = TemporaryFolder()
  let cluster = PostgresCluster(
    home: folder.path, isDisposable: true, logger: Logger(program: "tests", level: .error))
  try cluster.initializeIfNeeded()
  try cluster.start()
  defer { cluster.destroy() }
  try cluster.createDatabaseIfNeeded("daybook")
  let owner = try PostgresConnection(cluster.address(), application: "tests")
  _ = try PostgresMigrator(schema: "daybook_events", migrations: EventStoreMigrations.all)
    .migrate(owner, substitute: ["shards": "4"])
  let identity = try StoreIdentity.read(from: owner)
  let appender = Appender(
    cluster.address(user: "daybook_writer"), identity: identity, limits: limits(patience: .milliseconds(400)),
    logger: Logger(program: "tests", level: .error), registry: MetricsRegistry())
  defer { appender.stop() }
  var acknowledged: [String] = []
  func record() throws -> (isUnavailable: Bool, nanoseconds: UInt64) {
    let (command, start) = (try TestCommand.record([("a", 1, 1)], to: appender), MonotonicClock.now)
    let result = appender.record(command)
    if (try? result.get()) != nil { acknowledged.append(command.id.description) }
    return (isUnavailable(result), MonotonicClock.now - start)
  }
  #expect(try !record().isUnavailable)
  #expect(appender.state.isReady)

  // Server processes outlive the server for a moment, and until then they append.
  cluster.kill()
  try waitUntil("the first refusal") { try record().isUnavailable }
  #expect(!appender.state.isReady)
  try waitUntil("refusal at once") {
    let (isRefused, nanoseconds) = try record()
    #expect(nanoseconds < 5_000_000_000, "the answer has to come soon after the patience is over")
    return isRefused && nanoseconds < 50_000_000
  }

  try cluster.start()
  try waitUntil("recovery without any command") { appender.state.isReady }
  #expect(try !record().isUnavailable)
  let stored = try CheckedLog(PostgresConnection(cluster.address(), application: "tests"), shards: 4).commands
  #expect(acknowledged.allSatisfy { stored[$0] == 1 })
  #expect(acknowledged.count >= 2)
}

@Test func aFullDiskIsToldAndRecoveredFrom() throws {
  let harness = try StoreHarness()
  let appender = harness.appender(limits: limits(patience: .milliseconds(300)))
  defer { appender.stop() }
  _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender)).get()
  try harness.connection.execute(
    """
    CREATE FUNCTION public.full() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON daybook_events.events FOR EACH ROW EXECUTE FUNCTION public.full();
    """)
  let result = appender.record(try TestCommand.record([("a", 2, 1)], to: appender))
  #expect(throws: AppendError.unavailable(reason: "the event store's disk is full", retryAfter: .seconds(1))) {
    try result.get()
  }
  #expect(!appender.state.isReady)
  try harness.connection.execute("DROP TRIGGER full_disk ON daybook_events.events")
  try waitUntil("recovery") {
    (try? appender.record(TestCommand.record([("a", 3, 1)], to: appender)).get()) != nil
  }
  #expect(appender.state.isReady)
  #expect(try harness.log().commands.count == 2)
}

@Test func aServiceFrozenInTheMiddleOfAnAppendStopsOthersOnlyForATime() throws {
  let harness = try StoreHarness()
  var timeouts = PostgresTimeouts.standard
  timeouts.lock = .milliseconds(500)
  timeouts.idleInTransaction = .seconds(1)
  let appender = harness.appender(timeouts: timeouts)
  defer { appender.stop() }
  // Another service that holds the heads in a pipeline whose end it never sends: none of Postgres' own timers sees it.
  let isReleased = Monitor(false)
  let isHolding = Monitor(false)
  let address = harness.database.address("daybook_writer")
  let frozen = OwnedThread("frozen") {
    guard let connection = try? PostgresConnection(address, application: "daybook-append") else { return }
    _ = try? connection.pipeline { (pipeline) throws(PostgresError) in
      try pipeline.add(sql: "BEGIN")
      try pipeline.add(sql: "SELECT FROM daybook_events.shards ORDER BY shard FOR UPDATE")
      try pipeline.flush()
      isHolding.withLock { $0 = true }
      isHolding.signal()
      _ = isReleased.wait { $0 ? true : nil }
    }
  }
  _ = isHolding.wait { $0 ? true : nil }
  try waitUntil("the heads to be locked") {
    try harness.count(
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'daybook-append' AND query LIKE 'SELECT FROM daybook_events.shards%' AND wait_event = 'ClientRead' AND datname = current_database()"
    ) == 1
  }
  _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender)).get()
  isReleased.withLock { $0 = true }
  isReleased.signal()
  frozen.join()
  #expect(try harness.log().commands.count == 1)
}

@Test func aPostgresThatHangsIsToldAfterTheLimitAndRecoveredFrom() throws {
  let harness = try StoreHarness()
  var limits = AppenderLimits()
  limits.patience = .milliseconds(200)
  limits.answerLimit = .milliseconds(400)
  let appender = harness.appender(limits: limits)
  defer { appender.stop() }
  _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender)).get()
  let backend = try harness.count(
    """
    SELECT pid FROM pg_stat_activity
    WHERE application_name = 'daybook-append' AND datname = current_database()
    """)
  kill(pid_t(backend), SIGSTOP)
  defer { kill(pid_t(backend), SIGCONT) }
  let hung = try TestCommand.record([("a", 2, 1)], to: appender)
  #expect(isUnavailable(appender.record(hung)))
  try waitUntil("refusal at once") {
    let start = MonotonicClock.now
    let refused = isUnavailable(appender.record(try TestCommand.record([("a", 3, 1)], to: appender)))
    return refused && MonotonicClock.now - start < 50_000_000
  }
  #expect(!appender.state.isReady)
  kill(pid_t(backend), SIGCONT)
  try waitUntil("recovery") { appender.state.isReady }
  let last = try TestCommand.record([("a", 4, 1)], to: appender)
  _ = try appender.record(last).get()
  let stored = try harness.log().commands
  #expect(stored[last.id.description] == 1)
  #expect(stored[hung.id.description] ?? 1 == 1)
}

@Test func stoppingAnswersWhatWaits() throws {
  let harness = try StoreHarness()
  let appender = harness.appender()
  let answered = Atomic<Int>(0)
  for index in 0..<200 {
    appender.submit(try TestCommand.record([("a", Int64(index), 1)], to: appender)) { result in
      if (try? result.get()) != nil { answered.add(1, ordering: .relaxed) }
    }
  }
  appender.stop()
  #expect(answered.load(ordering: .relaxed) == 200)
  #expect(isUnavailable(appender.record(try TestCommand.record([("a", 1, 1)], to: appender))))
  #expect(try harness.log().commands.count == 200)
}

@Test func readersAreNotifiedAfterTheCommit() throws {
  let harness = try StoreHarness()
  let listener = try harness.database.connect("daybook_feed")
  try listener.listen("daybook_events")
  try harness.withAppender { appender in
    _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender)).get()
    #expect(try listener.waitForNotification(timeout: .seconds(10)).first == "daybook_events")
  }
}
