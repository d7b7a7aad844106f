import HTTPClient
import KafkaTestSupport
import Runtime
import Testing

/// Each scenario with the smallest load that means something: all its figures are there, and nothing is left behind.
@Suite(.serialized) struct BenchTests {
  private static let tiny = ["--hosts", "20", "--steps", "12", "--lines", "50", "--connections", "2", "--json"]

  /// What it printed, taken apart.
  private func bench(_ arguments: [String], environment: [String: String] = [:]) throws -> BenchFigures {
    let run = try ProgramRun.daybook(["bench"] + arguments, environment: environment)
    try #require(run.status == 0, "\(arguments): \(run.error)")
    return try BenchFigures(run.output)
  }

  private static let costs = [
    "cpu_seconds_daybook_command", "cpu_seconds_postgres", "peak_pss_mb", "peak_pss_mb_postgres", "wal_bytes",
    "wal_bytes_per_sample", "event_store_bytes", "event_store_bytes_per_sample", "events_bytes", "read_model_bytes",
    "read_model_bytes_per_sample", "tail_bytes",
  ]

  @Test func ingestTellsThroughputLatenciesAndCosts() throws {
    let figures = try bench(["ingest"] + Self.tiny)
    #expect(figures["samples"] == 2_400 && figures["series"] == 200 && figures["requests"] == 5)
    try figures.requirePositive(
      [
        "samples_per_second", "acknowledged_seconds", "queryable_seconds", "request_p50_ms", "request_p99_ms",
        "request_max_ms", "idle_pss_mb", "wal_bytes", "event_store_bytes", "events_bytes", "read_model_bytes",
      ])
    figures.requireKeys(Self.costs)
  }

  @Test func singlesAreOneSampleARequestOverSeveralCommandServices() throws {
    let figures = try bench(["ingest", "--singles", "--requests", "300", "--command-services", "2", "--json"])
    #expect(figures["samples"] == 300 && figures["requests"] == 300)
    try figures.requirePositive([
      "requests_per_second", "queryable_seconds", "request_p99_ms", "events_bytes_per_sample",
    ])
    figures.requireKeys(Self.costs)
  }

  @Test func aPacedLoadLastsAsLongAsItIsTold() throws {
    let figures = try bench(["ingest", "--rate", "2000", "--seconds", "2"] + Self.tiny)
    #expect(figures["samples"] == 4_000)
    #expect((1_900...2_200).contains(figures["samples_per_second"] ?? 0), "\(figures)")
  }

  @Test func aServerThatRunsAlreadyIsMeasuredAndLeftAlone() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let figures = try bench(
      [
        "ingest", "--url", "http://\(daybook.command)/write?db=x", "--query-listen", "\(daybook.query)", "--pid",
        "\(daybook.processID)", "--store", daybook.home,
      ] + Self.tiny)
    #expect(figures["samples"] == 2_400)
    try figures.requirePositive(["samples_per_second", "queryable_seconds", "peak_pss_mb_daybook_projector"])
    figures.requireKeys(Self.costs)
    let answer = try HTTPClient(daybook.query).send(
      "GET", "/v1/timeline?name=cpu_usage_user&by=&step=day&aggregate=count&from=1735689600000&to=1735776000000")
    #expect(answer.text.contains("\"count\": [240]") || answer.text.contains("\"count\":[240]"), "\(answer.text)")
  }

  @Test func aServerThatRefusesIsAnErrorWithItsWords() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let run = try ProgramRun.daybook(["bench", "ingest", "--url", "http://\(daybook.command)/nowhere"] + Self.tiny)
    #expect(run.status == 1)
    #expect(run.error.contains("some requests failed, so no figure is shown: 5 × 404"), "\(run.error)")
  }

  @Test func aProcessThatIsNotThereIsAnError() throws {
    let run = try ProgramRun.daybook(["bench", "ingest", "--url", "http://127.0.0.1:9/write", "--pid", "4194300"])
    #expect(run.status == 1 && run.error.contains("there is no process 4194300 to watch"), "\(run.error)")
  }

  @Test(arguments: [
    (["ingest", "--pid", "1"], "--pid goes with --url"), (["ingest", "--url", "https://x/write"], "plain http"),
    (["ingest", "--url", "http://x/write", "--pid", "x"], "--pid must be a process's number"),
    (["ingest", "--rate", "0"], "--rate must be a whole number"),
    (["ingest", "--clients", "3"], "--clients goes with append, not with ingest"),
    (["project", "--url", "http://x/w"], "--url goes with ingest and query, not with project"),
    (["query", "--url", "http://x/a", "--url", "http://y/b"], "must be of one server"),
    (["ingest", "--measurement", "a b"], "--measurement must be letters"),
    (["series", "--series", "0"], "--series must be a whole number"),
  ])
  func aMistakeIsExplained(arguments: [String], text: String) throws {
    let run = try ProgramRun.daybook(["bench"] + arguments)
    #expect(run.status == 2 && run.error.contains(text), "\(run.error)")
  }

  @Test func projectTellsHowFastABacklogIsTaken() throws {
    let figures = try bench(["project"] + Self.tiny)
    #expect(figures["samples"] == 2_400)
    try figures.requirePositive(["samples_per_second", "queryable_seconds", "folded_seconds"])
    figures.requireKeys(Self.costs)
  }

  @Test func queriesAreTimedQuietAndUnderLoad() throws {
    let figures = try bench(["query", "--rounds", "12", "--rate", "2000"] + Self.tiny)
    let questions = [
      "one_series_minute", "by_region_minute", "one_series_hour", "by_region_hour", "by_region_day",
    ]
    for question in questions {
      try figures.requirePositive(
        ["p50", "p99", "max"].flatMap { ["\(question)_\($0)_ms", "loaded_\(question)_\($0)_ms"] })
    }
    #expect((1_500...2_500).contains(figures["loaded_samples_per_second"] ?? 0), "\(figures)")
    figures.requireKeys(["cpu_seconds_daybook_query", "peak_pss_mb"])
  }

  @Test func givenURLsAreAskedInTurn() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let urls = ["/livez", "/v1/metrics"].flatMap { ["--url", "http://\(daybook.query)\($0)"] }
    let figures = try bench(["query", "--rounds", "9", "--json"] + urls)
    #expect(figures["queries"] == 9)
    try figures.requirePositive(["query_p50_ms", "query_p99_ms", "query_max_ms"])
    let failed = try ProgramRun.daybook(["bench", "query", "--url", "http://\(daybook.query)/v1/timeline"])
    #expect(failed.status == 1 && failed.error.contains("a query failed: /v1/timeline: 400"), "\(failed.error)")
  }

  @Test func theBareStoreIsMeasuredWithWaitingClients() throws {
    let figures = try bench(["append", "--clients", "8", "--seconds", "1", "--json"])
    #expect(figures["clients"] == 8)
    try figures.requirePositive([
      "events", "events_per_second", "append_p50_ms", "append_p99_ms", "append_max_ms", "event_bytes",
      "wal_bytes_per_event", "cpu_seconds_postgres", "peak_pss_mb",
    ])
  }

  @Test(.enabled(if: RealBroker.isThere)) func theRelayIsMeasuredWithSmallEventsAndBatches() throws {
    let broker = try RealBroker()
    let singles = try bench(["relay", "--kafka", broker.servers, "--singles", "--requests", "2000", "--json"])
    #expect(singles["events"] ?? 0 >= 2_000)
    try singles.requirePositive(["events_per_second", "relayed_seconds", "peak_pss_mb_daybook_relay"])
    let batches = try bench(["relay", "--kafka", broker.servers] + Self.tiny)
    #expect(batches["samples"] == 2_400)
    try batches.requirePositive(["samples_per_second"])
    let fresh = try bench(["freshness", "--kafka", broker.servers, "--rounds", "5", "--json"])
    try fresh.requirePositive(["freshness_p50_ms"])
    let project = try bench(["project", "--kafka", broker.servers] + Self.tiny)
    try project.requirePositive(["queryable_seconds"])
  }

  @Test func freshnessOfAQuietSystemIsMeasured() throws {
    let figures = try bench(["freshness", "--rounds", "5", "--json"])
    #expect(figures["rounds"] == 5)
    try figures.requirePositive(["freshness_p50_ms", "freshness_p99_ms", "freshness_max_ms"])
  }

  @Test func freshnessUnderLoadTellsMemoryOverTime() throws {
    let figures = try bench([
      "freshness", "--rate", "2000", "--seconds", "3", "--series", "100", "--hot", "1000", "--lines", "20", "--json",
    ])
    #expect(figures["samples"] == 6_000 && figures["hot_samples"] == 3_000 && figures["probes_left_out"] == 0)
    try figures.requirePositive([
      "probes", "freshness_p50_ms", "freshness_p99_ms", "freshness_max_ms", "hot_probes", "hot_freshness_p99_ms",
      "pss_mb_at_10", "pss_mb_at_50", "pss_mb_at_100", "pss_mb_at_100_daybook_projector", "wal_bytes_per_sample",
    ])
    figures.requireKeys(Self.costs)
  }

  @Test func newSeriesAreMeasuredUntilTheyAreListed() throws {
    let figures = try bench(["series", "--series", "1000", "--lines", "20", "--json"])
    #expect(figures["series"] == 1_000)
    try figures.requirePositive(["series_per_second", "queryable_seconds", "listing_p50_ms", "peak_pss_mb"])
    figures.requireKeys(Self.costs)
  }
}
