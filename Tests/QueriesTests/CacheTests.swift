import Events
import Glibc
import Postgres
import Queries
import QueryTestSupport
import ReadModels
import Runtime
import Synchronization
import TestSupport
import Testing

/// What is kept between queries is never seen in an answer: it is always the one that somebody without memory gives.
@Suite struct CacheTests {
  private static let minute: Int64 = 60_000_000_000
  private static let start: Int64 = 1_386_018_900_000_000_000

  private static let requests: [TimelineRequest] = [1, 7, 60, 1_440].flatMap { minutes in
    [Grouping.eachSeries, .byLabels(["region"]), .byLabels([])].map { grouping in
      TimelineRequest(
        selector: SeriesSelector(name: "cpu"), from: start - 8 * 3_600_000_000_000, to: start + 8 * 3_600_000_000_000,
        step: QueryStep(minutes: minutes), aggregates: AggregateKind.allCases, grouping: grouping)
    }
  }

  private func text(_ answer: TimelineAnswer) -> String {
    answer.lines.map { line in
      "\(line.labels.labels) \(line.times) \(line.columns.map { $0.map(\.bitPattern) })"
    }.joined(separator: "\n")
  }

  /// Everything that can be asked.
  private func all(_ runner: QueryRunner) throws -> [String] {
    var texts: [String] = []
    for request in Self.requests { texts.append(text(try runner.timeline(request))) }
    let selector = SeriesSelector(name: "cpu", labels: [SeriesLabel(key: "region", value: "eu")])
    texts += try runner.series(selector).series.map { "\($0.labels.labels) \(String(describing: $0.span))" }
    texts += try runner.latest(selector).series.map { "\($0.labels.labels) \($0.time) \($0.value)" }
    texts += try runner.samples(SamplesRequest(selector: selector)).series.map {
      "\($0.labels.labels) \($0.samples.times) \($0.samples.values.map(\.bitPattern))"
    }
    texts += try runner.metrics().metrics.map { "\($0.name) \($0.series) \(String(describing: $0.span))" }
    return texts
  }

  private func agree(_ warm: QueryRunner, _ store: TestStore, _ comment: Comment) throws {
    // Twice: the second time more of it is from memory.
    let expected = try all(QueryRunner(store.readStore))
    for _ in 0..<2 { #expect(try all(warm) == expected, comment) }
  }

  private func samples(_ count: Int, hosts: Int, _ random: inout SeededRandom) -> [TestSample] {
    (0..<count).map { _ in
      let host = Int.random(in: 0..<hosts, using: &random)
      let series = TestSeries("cpu", ["host": "\(host)", "region": ["eu", "us", "ap"][host % 3]])
      let time = Self.start + Int64.random(in: -20_000...20_000, using: &random) * 1_000_000_000
      return TestSample(series, at: time, Double(Int.random(in: -500...500, using: &random)) / 4)
    }
  }

  /// One that has answered everything about 200 samples, which are folded; nothing projects any more.
  private func warmed(_ store: TestStore) throws -> QueryRunner {
    store.startProjector(quietTime: .milliseconds(1))
    let warm = QueryRunner(store.readStore)
    var random = SeededRandom()
    _ = try warm.run(after: try store.record(samples(200, hosts: 5, &random))) { _ in true }
    try store.waitForFold()
    try agree(warm, store, "before")
    store.stopProjector()
    return warm
  }

  // MARK: What changes

  @Test func flushesFoldsNewSeriesAndRestartsAreSeen() throws {
    var random = SeededRandom()
    let store = try TestStore()
    defer { store.stop() }
    let warm = QueryRunner(store.readStore)
    for round in 1...8 {
      // By turns everything is folded at once, and nothing is.
      store.startProjector(quietTime: round % 2 == 0 ? .milliseconds(1) : .seconds(3_600))
      for _ in 0..<3 {
        let batch = samples(.random(in: 1...300, using: &random), hosts: round * 4, &random)
        let token = try store.record(batch, mode: Bool.random(using: &random) ? .replace : .observe)
        _ = try warm.run(after: token) { _ in true }
        if round % 2 == 1 { try agree(warm, store, "in the tail, round \(round)") }
      }
      if round % 2 == 0 {
        try store.waitForFold()
        try agree(warm, store, "folded, round \(round)")
      }
    }
  }

  @Test func aSwitchedBuildIsSeen() throws {
    let store = try TestStore()
    defer { store.stop() }
    let warm = try warmed(store)
    let before = try all(warm)
    // Another build of the timeline, of the same positions, without rows.
    let owner = try store.database.connect()
    try owner.execute(
      """
      INSERT INTO daybook_read.builds (projection, version, active, store_id, generation, shards, created_at)
      SELECT projection, version, false, store_id, generation, shards, created_at FROM daybook_read.builds
      WHERE projection = 'timeline';
      """)
    let schemas = try owner.query(
      sql: "SELECT id, schema FROM daybook_read.builds WHERE projection = 'timeline' ORDER BY id")
    let (oldID, newID) = (try schemas.int32(0, 0), try schemas.int32(1, 0))
    let (old, new) = (try schemas.text(0, 1), try schemas.text(1, 1))
    try owner.execute("CREATE SCHEMA \(new)")
    for table in ["tail", "folded", "hours", "minutes", "days", "spans"] {
      try owner.execute("CREATE TABLE \(new).\(table) (LIKE \(old).\(table) INCLUDING ALL)")
    }
    try owner.execute(
      """
      GRANT USAGE ON SCHEMA \(new) TO daybook_query;
      GRANT SELECT ON ALL TABLES IN SCHEMA \(new) TO daybook_query;
      INSERT INTO daybook_read.progress (build, shard, position, hash, epoch, updated_at)
      SELECT \(newID), shard, position, hash, epoch, updated_at FROM daybook_read.progress WHERE build = \(oldID);
      UPDATE daybook_read.builds SET active = false WHERE id = \(oldID);
      UPDATE daybook_read.builds SET active = true WHERE id = \(newID);
      """)
    // Nobody is notified of that: what is in memory is believed for a moment.
    try waitUntil("the new build to be read") { try warm.timeline(Self.requests[0]).lines.isEmpty }
    try agree(warm, store, "the new build")
    try owner.execute(
      """
      UPDATE daybook_read.builds SET active = false WHERE id = \(newID);
      UPDATE daybook_read.builds SET active = true WHERE id = \(oldID);
      DROP SCHEMA \(new) CASCADE;
      """)
    try waitUntil("the old build to be read") { try !warm.timeline(Self.requests[0]).lines.isEmpty }
    #expect(try all(warm) == before)
  }

  @Test func aRestoredStoreIsSeen() throws {
    let store = try TestStore()
    defer { store.stop() }
    let warm = try warmed(store)
    let owner = try store.database.connect()
    let timeline = try owner.query(
      sql: "SELECT schema FROM daybook_read.builds WHERE projection = 'timeline'"
    ).text(0, 0)
    let catalogue = try owner.query(
      sql: "SELECT schema FROM daybook_read.builds WHERE projection = 'catalogue'"
    ).text(0, 0)
    // Other content at the same positions: what another generation may have.
    try owner.execute(
      """
      UPDATE daybook_read.builds SET generation = generation + 1;
      DELETE FROM \(timeline).hours WHERE series % 2 = 0; DELETE FROM \(timeline).days WHERE series % 2 = 0;
      UPDATE \(catalogue).series SET labels = labels || '{"region": "eu"}';
      """)
    try waitUntil("the other generation to be read") {
      try warm.series(SeriesSelector(name: "cpu", labels: [SeriesLabel(key: "region", value: "us")])).series.isEmpty
    }
    try agree(warm, store, "the other generation")
  }

  // MARK: Limits

  @Test(arguments: [0, 1, 2])
  func whatIsKeptHasALimitAndAnswersDoNotDependOnIt(_ tight: Int) throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .seconds(3_600))
    let warm = QueryRunner(store.readStore) { limits in
      if tight == 0 { limits.cachedTailSamplesLimit = 100 }
      if tight == 1 { limits.cachedRowsBytesLimit = 60_000 }
      if tight == 2 { limits.cachedCatalogueBytesLimit = 500 }
    }
    var random = SeededRandom()
    for round in 0..<4 {
      let token = try store.record(samples(300, hosts: 30, &random))
      _ = try warm.run(after: token) { _ in true }
      if round == 2 {
        store.startProjector(quietTime: .milliseconds(1))
        try store.waitForFold()
        store.startProjector(quietTime: .seconds(3_600))
      }
      try agree(warm, store, "round \(round)")
      let kept = warm.engine.kept
      #expect(kept.tailSamples <= (tight == 0 ? 100 : 4_000_000))
      #expect(kept.rowBytes <= (tight == 1 ? 60_000 : 64 << 20))
      #expect(kept.catalogueBytes <= (tight == 2 ? 500 : 32 << 20))
      // The others are used.
      if tight != 2 { #expect(kept.catalogueBytes > 0) }
      if tight != 1 { #expect(kept.rowBytes > 0) }
    }
  }

  // MARK: At once

  @Test func aSmallAnswerFromMemoryComesAtOnceAndNeverGoesBack() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let runner = QueryRunner(store.readStore)
    let host = TestSeries("cpu", ["host": "a"])
    let request = TimelineRequest(
      selector: SeriesSelector(name: "cpu"), from: 0, to: 10 * Self.minute, aggregates: [.last])
    var token = try store.record([TestSample(host, at: 0, 0)])
    let atOnce = Mutex(0)
    for value in 1...20 {
      // It has what was asked for, and stays at that.
      let asked = try runner.timeline(request, after: token).lines.first?.columns.first?.last
      #expect(asked == Double(value - 1))
      try waitUntil("an answer at once") {
        let seen = Mutex<Double?>(nil)
        runner.engine.submit(after: nil, selector: request.selector) { (snapshot) throws(ReadFailure) in
          try TimelineQuery(request).answer(snapshot)
        } completion: { result in
          seen.withLock { $0 = (try? result.get())?.lines.first?.columns.first?.last }
        }
        guard let last = seen.withLock({ $0 }) else { return false }
        #expect(last == Double(value - 1))
        atOnce.withLock { $0 += 1 }
        return true
      }
      token = try store.record([TestSample(host, at: Int64(value % 10) * Self.minute + Int64(value), Double(value))])
      // In the last of the ten minutes stands the last value.
      if value % 10 != 9 {
        token = try store.record([TestSample(host, at: 9 * Self.minute + Int64(value), Double(value))])
      }
      // Without after= it comes as soon as the store has said that there is something new.
      if value % 5 == 0 {
        try waitUntil("the new value") {
          try runner.timeline(request).lines.first?.columns.first?.last == Double(value)
        }
      }
    }
    #expect(atOnce.withLock { $0 } == 20)
  }

  @Test func aLargeAnswerIsLeftToTheWorkers() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let runner = QueryRunner(store.readStore) { $0.costAtOnceLimit = 64 * 3 }
    let host = TestSeries("cpu", ["host": "a"])
    let token = try store.record([TestSample(host, at: 0, 1), TestSample(host, at: 10 * 3_600_000_000_000, 1)])
    func isAtOnce(_ hours: Int64) throws -> Bool {
      let request = TimelineRequest(
        selector: SeriesSelector(name: "cpu"), from: 0, to: hours * 3_600_000_000_000, aggregates: [.last])
      _ = try runner.timeline(request, after: token)
      let here = pthread_self()
      let answeredHere = Monitor<Bool?>(nil)
      runner.engine.submit(after: nil, selector: request.selector) { (snapshot) throws(ReadFailure) in
        try TimelineQuery(request).answer(snapshot)
      } completion: { _ in
        let isHere = pthread_equal(pthread_self(), here) != 0
        answeredHere.withLock { $0 = isHere }
        answeredHere.broadcast()
      }
      return answeredHere.wait { $0 } ?? false
    }
    try waitUntil("two hours at once") { try isAtOnce(2) }
    for _ in 0..<20 { #expect(try !isAtOnce(4)) }
  }
}
