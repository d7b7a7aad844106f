import Catalogue
import Events
import Postgres
import QueryTestSupport
import ReadStore
import ReadStoreMigrations
import Runtime
import Synchronization
import TestSupport
import Testing
import Timeline

/// The views of schema `daybook`, for people.
struct ViewsTests {
  private static let second: Int64 = 1_000_000_000

  /// Multiples of a quarter: their sums are exact in any order.
  @Test func hoursAndDaysShowTheBucketsOfTheSamples() throws {
    let store = try TestStore()
    defer { store.stop() }
    var random = SeededRandom()
    var samples: [TestSample] = []
    var expected: [String: [ViewBucket.Place: ViewBucket]] = ["hours": [:], "days": [:]]
    for host in ["", "a", "b", "ü \"'\\"] {
      let series = TestSeries("cpu", host.isEmpty ? [:] : ["host": host, "region": "eu"])
      // Around 1970, so that rounding is seen on both sides.
      var time = -60 * 3600 * Self.second
      for _ in 0..<300 {
        time += Int64.random(in: 1...(1_800 * Self.second), using: &random)
        let value =
          Int.random(in: 0..<20, using: &random) == 0
          ? Double.nan : Double(Int.random(in: -4_000...4_000, using: &random)) / 4
        samples.append(TestSample(series, at: time, value))
        for (view, width) in [("hours", Int64(3_600)), ("days", 86_400)] {
          let start = Int64((Double(time) / Double(Self.second * width)).rounded(.down)) * width
          expected[view]?[.init(name: "cpu", host: host, start: start), default: ViewBucket()].add(value, at: time)
        }
      }
    }
    store.startProjector(quietTime: .milliseconds(20))
    _ = try store.record(samples.shuffled(using: &random))
    let reader = try store.database.connect("daybook_reader")
    try waitForSamples(Int64(samples.count), reader)
    for view in ["hours", "days"] {
      let rows = try ViewBucket.rows(of: view, reader)
      #expect(rows.count == expected[view]?.count)
      for (place, bucket) in expected[view] ?? [:] {
        #expect(rows[place] == bucket, "\(view) \(place), seed \(random.seed)")
      }
    }
  }

  @Test func seriesAndMetricsShowWhatThereIsWithFirstAndLastTimes() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(20))
    _ = try store.record([
      TestSample(TestSeries("a", ["host": "x"]), at: 1_400_000_000_123_456_789, 1),
      TestSample(TestSeries("a", ["host": "x"]), at: 1_400_000_100_000_000_001, 2),
      TestSample(TestSeries("a", ["host": "y"]), at: -1, 3),
      TestSample(TestSeries("b"), at: 0, .nan),
    ])
    let reader = try store.database.connect("daybook_reader")
    try waitForSamples(4, reader)
    let series = try texts(
      reader,
      """
      SELECT name, labels, first_at AT TIME ZONE 'UTC', first_at_ns, last_at AT TIME ZONE 'UTC', last_at_ns
      FROM daybook.series ORDER BY name, labels
      """)
    #expect(
      series == [
        [
          "a", #"{"host": "x"}"#, "2014-05-13 16:53:20.123456", "1400000000123456789", "2014-05-13 16:55:00",
          "1400000100000000001",
        ],
        ["a", #"{"host": "y"}"#, "1969-12-31 23:59:59.999999", "-1", "1969-12-31 23:59:59.999999", "-1"],
        ["b", "{}", "null", "null", "null", "null"],
      ])
    let metrics = try texts(
      reader,
      "SELECT name, series, unit, first_at AT TIME ZONE 'UTC', last_at AT TIME ZONE 'UTC' FROM daybook.metrics ORDER BY 1"
    )
    #expect(
      metrics == [
        ["a", "2", "null", "1969-12-31 23:59:59.999999", "2014-05-13 16:55:00"], ["b", "1", "null", "null", "null"],
      ])
  }

  /// Float64's odd values come through, and none of them makes Postgres raise an error.
  @Test(arguments: [
    ([Double.nan], "1 0 null null null null"), ([.infinity, 1], "2 2 Infinity Infinity 1 Infinity"),
    ([-.infinity, .infinity], "2 2 NaN NaN -Infinity Infinity"),
    ([.leastNonzeroMagnitude, 0], "2 2 0 5e-324 0 5e-324"),
    (
      [.greatestFiniteMagnitude, .greatestFiniteMagnitude, .nan],
      "3 2 Infinity Infinity 1.7976931348623157e+308 1.7976931348623157e+308"
    ),
    ([-0.0], "1 1 0 -0 -0 -0"),
  ])
  func oddValuesAreShownAsTheyAre(values: [Double], row: String) throws {
    let store = try TestStore(shards: 1)
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(20))
    _ = try store.record(values.enumerated().map { TestSample(TestSeries("odd"), at: Int64($0), $1) })
    let reader = try store.database.connect("daybook_reader")
    try waitForSamples(Int64(values.count), reader)
    for view in ["hours", "days"] {
      let shown = try texts(reader, "SELECT samples, count, avg, sum, min, max FROM daybook.\(view)")
      #expect(shown.map { $0.joined(separator: " ") } == [row])
    }
  }

  @Test func timesAreExactToTheMicrosecondOverTheWholeRange() throws {
    let database = try TestDatabase.make()
    let reader = try database.connect("daybook_reader")
    var random = SeededRandom()
    let odd: [Int64] = [.min, .max, 0, 1, -1, 999, 1_000, -999, -1_000, -1_001, 8_999_999_999_999_999_999]
    for time in odd + (0..<300).map({ _ in Int64.random(in: .min ... .max, using: &random) }) {
      let microseconds = time / 1_000 - (time % 1_000 < 0 ? 1 : 0)
      let shown = try reader.query(
        sql: "SELECT (extract(epoch FROM daybook.moment(\(time == .min ? "-9223372036854775807 - 1" : "\(time)")))"
          + " * 1000000)::numeric(30)::bigint")
      #expect(try shown.int64(0, 0) == microseconds, "\(time), seed \(random.seed)")
    }
    #expect(try texts(reader, "SELECT daybook.moment(NULL)") == [["null"]])
  }

  @Test func withoutABuildTheViewsAreThereAndEmpty() throws {
    let database = try TestDatabase.make()
    let reader = try database.connect("daybook_reader")
    for view in ["metrics", "series", "hours", "days"] {
      #expect(try reader.query(sql: "SELECT * FROM daybook.\(view)").rowCount == 0)
    }
  }

  @Test func theReaderReadsTheViewsAndNothingElse() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(20))
    _ = try store.record([TestSample(TestSeries("a"), at: 0, 1)])
    let reader = try store.database.connect("daybook_reader")
    try waitForSamples(1, reader)
    // Not even after it has taken back what keeps it from mistakes.
    try reader.execute("SET default_transaction_read_only = off")
    let schema = try #require(
      try texts(store.database.connect(), "SELECT schema FROM daybook_read.builds WHERE projection = 'timeline'").first?
        .first)
    for statement in [
      "SELECT * FROM daybook_events.events", "SELECT * FROM daybook_events.series", "SELECT * FROM daybook_events.keys",
      "SELECT * FROM \(schema).hours", "SELECT * FROM \(schema).tail", "SELECT * FROM daybook_read.builds",
      "SELECT daybook_read.publish_views()", "DROP VIEW daybook.hours", "CREATE TABLE daybook.mine (a int)",
      "CREATE SCHEMA mine", "SET ROLE daybook_projector",
    ] {
      let error = #expect(throws: PostgresError.self) { try reader.execute(statement) }
      #expect(error?.sqlState == "42501", "\(statement): \(String(describing: error))")
    }
    for statement in ["DELETE FROM daybook.metrics", "UPDATE daybook.series SET name = ''", "DELETE FROM daybook.days"]
    {
      #expect(throws: PostgresError.self) { try reader.execute(statement) }
    }
  }

  @Test func aReadersLoginHasLimits() throws {
    // The tests' own connections set time-outs of their own: the role's settings are read where they are kept.
    let database = try TestDatabase.make()
    let settings = try texts(
      database.connect(), "SELECT unnest(rolconfig) FROM pg_roles WHERE rolname = 'daybook_reader'")
    #expect(
      Set(settings.flatMap { $0 }) == [
        "default_transaction_read_only=on", "statement_timeout=5min", "idle_in_transaction_session_timeout=10min",
        "search_path=daybook", "temp_file_limit=2GB",
      ])
    let reader = try database.connect("daybook_reader")
    #expect(throws: PostgresError.self) { try reader.execute("CREATE TEMPORARY TABLE t (a int)") }
  }

  /// A report keeps its transaction open while another build becomes active: projecting goes on, other readers read on,
  /// and the views change when the report has ended.
  @Test func anOpenReportDelaysTheViewsAndNothingElse() throws {
    let store = try TestStore(shards: 1)
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(20))
    _ = try store.record([TestSample(TestSeries("a"), at: 0, 1)])
    let report = try store.database.connect("daybook_reader")
    try waitForSamples(1, report)
    store.stopProjector()
    try report.execute("BEGIN")
    #expect(try report.query(sql: "SELECT * FROM daybook.hours").rowCount == 1)

    let projector = try ReadStore(store.database.address("daybook_projector"), application: "tests")
    #expect(try projector.publishViews() == .current)
    let new = try #require(try projector.ensureBuild(of: SecondVersion(), store: store.identity).first)
    try activate(new, store.database)
    #expect(try projector.publishViews() == .busy)

    // The projector meets the same, and projects all the same.
    store.startProjector(quietTime: .milliseconds(20))
    _ = try store.record([TestSample(TestSeries("a"), at: 3_600 * Self.second, 2)])
    let other = try store.database.connect("daybook_reader")
    try waitForSamples(2, other)
    #expect(try report.query(sql: "SELECT * FROM daybook.hours").rowCount == 2)

    try report.execute("COMMIT")
    try waitUntil(deadline: .seconds(40), "the views show \(new.schema), which is empty") {
      try other.query(sql: "SELECT * FROM daybook.hours").rowCount == 0
    }
    #expect(try projector.publishViews() == .current)
  }

  @Test func theProjectorPublishesWhateverSomebodyElseMadeActive() throws {
    let store = try TestStore(shards: 1)
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(20))
    _ = try store.record([TestSample(TestSeries("a"), at: 0, 1)])
    let reader = try store.database.connect("daybook_reader")
    try waitForSamples(1, reader)
    let other = try ReadStore(store.database.address("daybook_projector"), application: "tests")
    try activate(try #require(try other.ensureBuild(of: SecondVersion(), store: store.identity).first), store.database)
    try waitUntil(deadline: .seconds(30), "the views are empty") {
      try reader.query(sql: "SELECT * FROM daybook.hours").rowCount == 0
    }
  }

  /// As after a restored backup: builds that do not fit it are dropped with all that hangs on them, and made anew.
  @Test func viewsThatWentWithTheirBuildComeBackWithTheirRights() throws {
    let store = try TestStore(shards: 1)
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(20))
    _ = try store.record([TestSample(TestSeries("a"), at: 0, 1)])
    let reader = try store.database.connect("daybook_reader")
    try waitForSamples(1, reader)
    store.stopProjector()
    let owner = try store.database.connect()
    let described = "SELECT count(*) FROM pg_description WHERE objoid = 'daybook.hours'::regclass"
    let comments = try texts(owner, described)
    let projector = try ReadStore(store.database.address("daybook_projector"), application: "tests")
    let build = try #require(try projector.builds().first { $0.projection == "timeline" })
    try owner.execute(
      "DROP SCHEMA \(build.schema) CASCADE; DELETE FROM daybook_read.builds WHERE id = \(build.id)")
    #expect(try projector.publishViews() == .noBuild)
    #expect(throws: PostgresError.self) { try reader.query(sql: "SELECT * FROM daybook.hours") }
    store.startProjector(quietTime: .milliseconds(20))
    try waitUntil(deadline: .seconds(30), "the views are back") {
      try texts(owner, "SELECT to_regclass('daybook.hours') IS NOT NULL") == [["true"]]
    }
    try waitForSamples(1, reader)
    #expect(try texts(owner, described) == comments)
    #expect(comments != [["0"]])
  }

  @Test func ofManyPublishersOneReplacesTheViews() throws {
    let database = try TestDatabase.make(shards: 1)
    let identity = try TestLog(database.address()).identity()
    let address = database.address("daybook_projector")
    let store = try ReadStore(address, application: "tests")
    #expect(try store.publishViews() == .noBuild)
    let timeline = try #require(try store.ensureBuild(of: TimelineProjection(), store: identity).first)
    #expect(try store.publishViews() == .noBuild)
    let catalogue = try #require(try store.ensureBuild(of: Catalogue(), store: identity).first)
    let outcomes = Mutex<[ViewsOutcome]>([])
    let problems = Mutex<[String]>([])
    let threads = (0..<8).map { number in
      OwnedThread("publisher \(number)") {
        do {
          let store = try ReadStore(address, application: "tests")
          var outcome = try store.publishViews()
          // Each waits a tenth of a second for the others at most; on a loaded machine that may be too short.
          while outcome == .busy { outcome = try store.publishViews() }
          outcomes.withLock { $0.append(outcome) }
        } catch {
          problems.withLock { $0.append("\(error)") }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(problems.withLock { $0 } == [])
    let published = ViewsOutcome.published(timeline: timeline.schema, catalogue: catalogue.schema)
    #expect(outcomes.withLock { $0.filter { $0 == published }.count } == 1)
    #expect(outcomes.withLock { $0.filter { $0 == .current }.count } == 7)
  }

  @Test func aStoreThatHadBuildsBeforeTheViewsGetsThemByMigrating() throws {
    let database = try TestDatabase.makeEmpty()
    let owner = try database.connect(timeouts: .unlimited)
    let before = Array(ReadStoreMigrations.all.prefix(3))
    _ = try PostgresMigrator(schema: "daybook_read", migrations: before).migrate(owner)
    let store = try ReadStore(database.address("daybook_projector"), application: "tests")
    let identity = StoreIdentity(idHigh: 1, idLow: 2, generation: 1, shards: 1)
    _ = try store.ensureBuild(of: TimelineProjection(), store: identity)
    _ = try store.ensureBuild(of: Catalogue(), store: identity)
    let builds = try store.builds()
    try owner.execute(
      """
      INSERT INTO \(builds[1].schema).series VALUES (7, 'old', '{}');
      INSERT INTO \(builds[0].schema).days (series, day, stored, n, sum) VALUES (7, 1, 2, 2, 5)
      """)
    let migrations = ReadStoreMigrations.all
    #expect(
      try PostgresMigrator(schema: "daybook_read", migrations: migrations).migrate(owner)
        == migrations.dropFirst(3).map(\.name))
    let reader = try database.connect("daybook_reader")
    #expect(
      try texts(reader, "SELECT name, day AT TIME ZONE 'UTC', count, avg FROM daybook.days") == [
        ["old", "1970-01-02 00:00:00", "2", "2.5"]
      ])
    #expect(try store.publishViews() == .current)
  }

  /// As with a database that somebody rents: its owner may make roles and schemas, and is no superuser.
  @Test func anOwnerWhoIsNoSuperuserCanMigrateAndHaveViews() throws {
    let database = try TestDatabase.makeEmpty()
    let superuser = try database.connect()
    _ = try TestDatabase.make()  // The roles are the cluster's, and this makes them.
    try superuser.execute(
      """
      CREATE ROLE owner_of_\(database.name) CREATEROLE; ALTER DATABASE \(database.name) OWNER TO owner_of_\(database.name)
      """)
    let address = database.address().with(role: "owner_of_\(database.name)")
    let owner = try PostgresConnection(address, application: "tests", timeouts: .unlimited)
    _ = try PostgresMigrator(schema: "daybook_read", migrations: ReadStoreMigrations.all).migrate(owner)
    let store = try ReadStore(database.address("daybook_projector"), application: "tests")
    let identity = StoreIdentity(idHigh: 1, idLow: 2, generation: 1, shards: 1)
    let timeline = try #require(try store.ensureBuild(of: TimelineProjection(), store: identity).first)
    let catalogue = try #require(try store.ensureBuild(of: Catalogue(), store: identity).first)
    #expect(try store.publishViews() == .published(timeline: timeline.schema, catalogue: catalogue.schema))
    let reader = try database.connect("daybook_reader")
    #expect(try reader.query(sql: "SELECT * FROM daybook.hours").rowCount == 0)
  }

  // MARK: Steps

  private func waitForSamples(_ count: Int64, _ reader: PostgresConnection) throws {
    try waitUntil(deadline: .seconds(60), "\(count) samples in the view hours") {
      try reader.query(sql: "SELECT coalesce(sum(samples), 0)::bigint FROM daybook.hours").int64(0, 0) == count
    }
  }

  private func activate(_ build: Build, _ database: TestDatabase) throws {
    try database.connect().execute(
      """
      BEGIN; UPDATE daybook_read.builds SET active = false WHERE projection = '\(build.projection)' AND active;
      UPDATE daybook_read.builds SET active = true WHERE id = \(build.id); COMMIT
      """)
  }

  private func texts(_ connection: PostgresConnection, _ sql: String) throws -> [[String]] {
    let columns = try connection.query(sql: "SELECT * FROM (\(sql)) AS q LIMIT 0").columnCount
    let list = (0..<columns).map { "coalesce(c\($0)::text, 'null')" }.joined(separator: ", ")
    let names = (0..<columns).map { "c\($0)" }.joined(separator: ", ")
    let rows = try connection.query(sql: "SELECT \(list) FROM (\(sql)) AS q (\(names))")
    return try (0..<rows.rowCount).map { row in try (0..<columns).map { try rows.text(row, $0) } }
  }
}
