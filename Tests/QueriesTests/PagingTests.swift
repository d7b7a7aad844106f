import Events
import Queries
import QueryTestSupport
import ReadModels
import TestSupport
import Testing

/// Walks over pages, against the plain model and against the whole answer.
@Suite struct PagingTests {
  private static let hour: Int64 = 3_600_000_000_000
  private static let series: [TestSeries] =
    (0..<9).map { TestSeries("cpu", ["host": "\($0)", "dc": $0 % 2 == 0 ? "eu" : "us"]) } + [TestSeries("cpu")]
  private static let selector = SeriesSelector(name: "cpu")

  private func samples(_ count: Int, _ random: inout SeededRandom) -> [TestSample] {
    (0..<count).map { _ in
      // Few times and values, so that equal ones abound, over months.
      let time =
        Int64.random(in: -10...10, using: &random) * 150 * Self.hour + Int64.random(in: 0..<2, using: &random)
      let value = [Double.nan, -0.0, 0, 1, 2.5, .infinity].randomElement(using: &random) ?? 0
      return TestSample(Self.series.randomElement(using: &random) ?? TestSeries("cpu"), at: time, value)
    }
  }

  /// All pages of samples, one after the other. `between` is called after each.
  private func walk(
    _ runner: QueryRunner, _ request: SamplesRequest, limit: Int, between: () throws -> Void = {}
  ) throws -> [[String: String]: [(time: Int64, bits: UInt64)]] {
    var found: [[String: String]: [(time: Int64, bits: UInt64)]] = [:]
    var order: [[String: String]] = []
    var request = request
    var cursor: PageCursor?
    repeat {
      request.page = PageRequest(limit: limit, cursor: cursor, query: 7)
      let answer = try runner.samples(request)
      #expect(answer.series.reduce(0) { $0 + $1.samples.count } <= limit)
      for (labels, samples) in answer.series {
        let key = Dictionary(uniqueKeysWithValues: labels.labels.map { ($0.key, $0.value) })
        #expect(!samples.isEmpty)
        if order.last != key { order.append(key) }
        found[key, default: []] += zip(samples.times, samples.values).map { ($0, $1.bitPattern) }
      }
      cursor = answer.next.cursor
      #expect(answer.next != .notPaged)
      try between()
    } while cursor != nil
    // A series that is done does not come again.
    #expect(Set(order).count == order.count)
    return found
  }

  private func expect(
    _ found: [[String: String]: [(time: Int64, bits: UInt64)]], _ model: PlainModel, from: Int64 = .min,
    to: Int64 = .max
  ) {
    for series in Self.series {
      let expected = model.samples(series).filter { $0.time >= from && $0.time < to }
      let actual = found[series.labels] ?? []
      #expect(actual.map(\.time) == expected.map(\.time))
      #expect(actual.map(\.bits) == expected.map(\.value.bitPattern))
    }
    #expect(found.keys.allSatisfy { labels in Self.series.contains { $0.labels == labels } })
  }

  @Test func aWalkOverPagesGivesEverySampleOnceBeforeAndAfterTheFold() throws {
    var random = SeededRandom()
    let store = try TestStore()
    defer { store.stop() }
    var model = PlainModel()
    store.startProjector(quietTime: .seconds(3_600))
    // As usual; few rows and series at once, so that pages end in every place.
    let runners = [
      QueryRunner(store.readStore),
      QueryRunner(store.readStore) {
        $0.rowsPerFetch = 5
        $0.seriesLimit = 3
      },
    ]
    for mode in [SampleMode.observe, .replace, .observe] {
      let batch = samples(400, &random)
      model.record(batch, mode: mode)
      _ = try runners[0].run(after: try store.record(batch, mode: mode)) { _ in true }
    }
    for isFolded in [false, true] {
      if isFolded {
        store.startProjector(quietTime: .milliseconds(1))
        try store.waitForFold()
      }
      for runner in runners {
        for limit in [1, 7, 100, 1_199, 1_200, 5_000] where limit > 1 || !isFolded {
          expect(try walk(runner, SamplesRequest(selector: Self.selector), limit: limit), model)
        }
        for (from, to) in [(0, 5 * Self.hour), (-700 * Self.hour, 700 * Self.hour + 1), (5, 5)] {
          let request = SamplesRequest(selector: Self.selector, from: from, to: to)
          expect(try walk(runner, request, limit: 11), model, from: from, to: to)
        }
      }
    }
  }

  @Test func whatArrivesMeanwhileRepeatsAndHidesNothing() throws {
    var random = SeededRandom()
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let runner = QueryRunner(store.readStore)
    var model = PlainModel()
    let first = samples(300, &random)
    model.record(first, mode: .observe)
    _ = try runner.run(after: try store.record(first, mode: .observe)) { _ in true }
    var later = PlainModel()
    var generator = random
    let found = try walk(runner, SamplesRequest(selector: Self.selector), limit: 23) {
      // Values of their own, so that they can be told from those that were there.
      let batch = samples(20, &generator).map { TestSample($0.series, at: $0.time, 1_000) }
      later.record(batch, mode: .observe)
      _ = try runner.run(after: try store.record(batch, mode: .observe)) { _ in true }
    }
    let old = found.mapValues { $0.filter { $0.bits != (1_000.0).bitPattern } }
    expect(old, model)
    for series in Self.series {
      let new = (found[series.labels] ?? []).filter { $0.bits == (1_000.0).bitPattern }
      var rest = later.samples(series).map(\.time)
      for (time, _) in new {
        let index = try #require(rest.firstIndex(of: time))
        rest.remove(at: index)
      }
    }
  }

  @Test func walksOverSeriesLastSamplesAndMetricsGiveAllOnce() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let runner = QueryRunner(store.readStore) { $0.seriesLimit = 30 }
    let names = ["cpu", "a", "é", "Z", "zz", "a.b", "\u{10FFFF}"]
    var samples = names.map { TestSample(TestSeries($0), at: 5, 1) }
    samples += (0..<25).map { TestSample(TestSeries("cpu", ["host": "\($0)"]), at: Int64($0), Double($0)) }
    _ = try runner.run(after: try store.record(samples)) { _ in true }
    let allSeries = try runner.series(Self.selector).series
    let allLatest = try runner.latest(Self.selector).series
    #expect(allSeries.count == 26)
    for limit in [1, 4, 25, 26, 30] {
      let series = try pages(limit) { page in
        try runner.run { (snapshot) throws(ReadFailure) in try SeriesQuery(request(page)).answer(snapshot) }
      } items: {
        ($0.series, $0.next)
      }
      #expect(series.count == 26)
      #expect(series.map(\.labels).sorted() == allSeries.map(\.labels))
      let byLabels = series.sorted { $0.labels < $1.labels }
      #expect(byLabels.map(\.span) == allSeries.map(\.span))
      let latest = try pages(limit) { page in
        try runner.run { (snapshot) throws(ReadFailure) in try LatestQuery(request(page)).answer(snapshot) }
      } items: {
        ($0.series, $0.next)
      }
      #expect(latest.sorted { $0.labels < $1.labels }.map(\.value) == allLatest.map(\.value))
      let metrics = try pages(limit) { page in
        try runner.run { (snapshot) throws(ReadFailure) in try MetricsQuery(page: page).answer(snapshot) }
      } items: {
        ($0.metrics, $0.next)
      }
      let all = try runner.metrics().metrics
      #expect(metrics.map(\.name) == all.map(\.name))
      #expect(metrics.map(\.series) == all.map(\.series))
      #expect(metrics.map(\.span) == all.map(\.span))
    }
  }

  private func request(_ page: PageRequest) -> SeriesRequest {
    var request = SeriesRequest(Self.selector)
    request.page = page
    return request
  }

  private func pages<Answer, Item>(
    _ limit: Int, _ ask: (PageRequest) throws -> Answer, items: (Answer) -> ([Item], NextPage)
  ) throws -> [Item] {
    var all: [Item] = []
    var cursor: PageCursor?
    repeat {
      let (found, next) = items(try ask(PageRequest(limit: limit, cursor: cursor, query: 1)))
      #expect(found.count <= limit)
      #expect(next == .last ? true : found.count == limit)
      all += found
      cursor = next.cursor
    } while cursor != nil
    return all
  }

  @Test func seriesWithoutSamplesLeaveAPageShortAndLoseNothing() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let runner = QueryRunner(store.readStore) { $0.seriesLimit = 4 }
    let samples = (0..<20).map { TestSample(TestSeries("cpu", ["host": "\($0)"]), at: $0 == 13 ? 100 : 1, 1) }
    _ = try runner.run(after: try store.record(samples)) { _ in true }
    // Only one of twenty has a sample in the range: pages end after four series without one.
    var request = SamplesRequest(selector: Self.selector, from: 50)
    var cursor: PageCursor?
    var pages = 0
    var found: [Int64] = []
    repeat {
      request.page = PageRequest(limit: 10, cursor: cursor, query: 1)
      let answer = try runner.samples(request)
      found += answer.series.flatMap(\.samples.times)
      cursor = answer.next.cursor
      pages += 1
    } while cursor != nil
    #expect(found == [100])
    #expect(pages == 6 || pages == 5)
  }

  @Test func aTableHasTheSameColumnsOnEachPage() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let runner = QueryRunner(store.readStore)
    let samples = (0..<12).map { TestSample(TestSeries("cpu", ["label\($0 % 5)": "x", "n": "\($0)"]), at: 1, 1) }
    _ = try runner.run(after: try store.record(samples)) { _ in true }
    let keys = (0..<5).map { "label\($0)" } + ["n"]
    var request = SeriesRequest(Self.selector)
    request.wantsLabelKeys = true
    request.page = PageRequest(limit: 1, cursor: nil, query: 1)
    let query = request
    let series = try runner.run { (snapshot) throws(ReadFailure) in try SeriesQuery(query).answer(snapshot) }
    #expect(series.labelKeys == keys)
    var ask = SamplesRequest(selector: Self.selector)
    ask.wantsLabelKeys = true
    #expect(try runner.samples(ask).labelKeys == keys)
    ask.page = PageRequest(limit: 1, cursor: nil, query: 1)
    #expect(try runner.samples(ask).labelKeys == keys)
    ask.selector = SeriesSelector(name: "cpu", labels: [SeriesLabel(key: "label3", value: "x")])
    #expect(try runner.samples(ask).labelKeys == ["label3", "n"])
  }

  @Test func aCursorOfAnotherStoreGenerationOrKindIsRefused() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let runner = QueryRunner(store.readStore)
    _ = try runner.run(after: try store.record([TestSample(TestSeries("cpu"), at: 1, 1)])) { _ in true }
    let id = store.identity
    let other = StoreIdentity(idHigh: 1, idLow: 2, generation: id.generation, shards: 8)
    let older = StoreIdentity(idHigh: id.idHigh, idLow: id.idLow, generation: id.generation + 1, shards: 8)
    for (of, key, code) in [
      (other, PageKey.series(SeriesID(rawValue: 1)), QueryErrorCode.otherStore),
      (older, .series(SeriesID(rawValue: 1)), .otherGeneration), (id, .metric("x"), .invalidCursor),
    ] {
      let page = PageRequest(limit: 1, cursor: PageCursor(of: of, query: 1, key: key), query: 1)
      var samples = SamplesRequest(selector: Self.selector)
      samples.page = page
      let series = request(page)
      for refused in [
        refusal { () throws(QueryError) in _ = try runner.samples(samples) },
        refusal { () throws(QueryError) in
          _ = try runner.run { (snapshot) throws(ReadFailure) in try SeriesQuery(series).answer(snapshot) }
        },
      ] {
        guard case .invalid(code, let detail) = refused else {
          Issue.record("expected \(code), got \(String(describing: refused))")
          continue
        }
        #expect(detail.contains("without cursor="))
      }
    }
  }

  private func refusal(_ body: () throws(QueryError) -> Void) -> QueryError? {
    do throws(QueryError) {
      try body()
      return nil
    } catch {
      return error
    }
  }
}
