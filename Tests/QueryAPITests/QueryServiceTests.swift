import Events
import HTTPClient
import JSON
import Postgres
import Queries
import QueryAPI
import QueryTestSupport
import Runtime
import TestSupport
import Testing

/// The API over HTTP, to the byte.
@Suite struct QueryServiceTests {
  private static let minute: Int64 = 60_000_000_000
  private static let a = TestSeries("cpu", ["host": "a", "region": "eu"])
  private static let b = TestSeries("cpu", ["host": "b", "region": "eu"])

  private func withService(
    _ change: (inout QueryLimits) -> Void = { _ in },
    _ body: (RunningQueryService, TestStore, PositionToken) throws -> Void
  ) throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let service = try RunningQueryService(store.readStore, eventStore: store.eventStore, change)
    defer { service.stop() }
    let token = try store.record([
      TestSample(Self.a, at: 0, 1), TestSample(Self.a, at: 30_500_000_000, 2.5),
      TestSample(Self.a, at: Self.minute, .nan),
      TestSample(Self.a, at: 61 * Self.minute, .infinity), TestSample(Self.b, at: 1_000_000, 4),
    ])
    try service.waitFor(token)
    try body(service, store, token)
  }

  @Test func aTimelineIsColumns() throws {
    try withService { service, _, token in
      let response = try service.get("/v1/timeline?name=cpu&from=0&to=7200000&aggregate=avg,count,last")
      #expect(response.status == 200)
      #expect(response.header("content-type") == "application/json")
      let position = try #require(response.header("daybook-position"))
      #expect(try PositionToken(parsing: position).positions == token.positions)
      #expect(
        response.text == """
          {"name":"cpu","step":"60s","from":0,"to":7200000,"position":"\(position)","series":[\
          {"labels":{"host":"a","region":"eu"},"time":[0,60000,3660000],"avg":[1.75,null,"+Inf"],"count":[2,0,1],\
          "last":[2.5,null,"+Inf"]},\
          {"labels":{"host":"b","region":"eu"},"time":[0],"avg":[4],"count":[1],"last":[4]}]}

          """)
    }
  }

  @Test func seriesAreMergedBySums() throws {
    try withService { service, _, _ in
      for (by, labels) in [("region", "{\"region\":\"eu\"}"), ("", "{}"), ("nothing", "{}")] {
        let response = try service.get(
          "/v1/timeline?name=cpu&from=0&to=60000&step=hour&by=\(by)&aggregate=sum,avg,count")
        #expect(response.text.contains("\"step\":\"3600s\",\"from\":0,\"to\":3600000,"))
        #expect(
          response.text.hasSuffix(
            "[{\"labels\":\(labels),\"time\":[0],\"sum\":[7.5],\"avg\":[2.5],\"count\":[3]}]}\n"))
      }
    }
  }

  @Test func theOtherPathsAnswerTheirShapes() throws {
    try withService { service, _, _ in
      let metrics = try service.get("/v1/metrics").text
      #expect(
        metrics == "{\"metrics\":[{\"name\":\"cpu\",\"unit\":null,\"description\":null,\"kind\":null,\"series\":2,"
          + "\"first\":0,\"last\":3660000}]}\n")
      let series = try service.get("/v1/series?name=cpu&label.host=b").text
      #expect(
        series == "{\"series\":[{\"labels\":{\"host\":\"b\",\"region\":\"eu\"},\"first\":1,\"last\":1}]}\n")
      let latest = try service.get("/v1/latest?name=cpu&label.host=a").text
      #expect(
        latest == "{\"series\":[{\"labels\":{\"host\":\"a\",\"region\":\"eu\"},\"time\":3660000,"
          + "\"value\":\"+Inf\"}]}\n")
      let samples = try service.get("/v1/samples?name=cpu&label.host=a&to=60001").text
      #expect(
        samples == "{\"series\":[{\"labels\":{\"host\":\"a\",\"region\":\"eu\"},\"time\":[0,30500,60000],"
          + "\"value\":[1,2.5,null]}]}\n")
    }
  }

  @Test func daysOfAPlaceAreNamedAsSuch() throws {
    try withService { service, _, _ in
      let kolkata = try service.get(
        "/v1/timeline?name=cpu&step=day&tz=Asia/Kolkata&from=0&to=1&by=&aggregate=count&precision=rfc3339")
      #expect(
        kolkata.text.contains(
          "\"step\":\"day\",\"tz\":\"Asia/Kolkata\",\"from\":\"1969-12-31T18:30:00Z\",\"to\":\"1970-01-01T18:30:00Z\""))
      #expect(kolkata.text.contains("\"time\":[\"1969-12-31T18:30:00Z\"],\"count\":[4]"))
      let utc = try service.get("/v1/timeline?name=cpu&step=day&tz=UTC&from=0&to=1")
      #expect(utc.text.contains("\"step\":\"day\",\"tz\":\"UTC\",\"from\":0,\"to\":86400000"))
      let unknown = try service.get("/v1/timeline?name=cpu&step=day&tz=europe/berlin")
      #expect(unknown.status == 400)
      #expect(unknown.text.contains("\"code\":\"unknown-time-zone\""))
      #expect(unknown.text.contains("did you mean Europe/Berlin?"))
    }
  }

  @Test func nothingIsAnEmptyList() throws {
    try withService { service, _, _ in
      for target in [
        "/v1/timeline?name=none", "/v1/timeline?name=cpu&from=5&to=5", "/v1/series?name=none", "/v1/latest?name=none",
        "/v1/samples?name=none", "/v1/samples?name=cpu&from=9000000000000&to=9000000000001",
      ] {
        let response = try service.get(target)
        #expect(response.status == 200)
        #expect(response.text.contains("\"series\":[]"))
      }
    }
  }

  @Test func theEndsOfTimeAreNoTrap() throws {
    try withService { service, _, _ in
      let all = "from=-9223372036854&to=9223372036854"
      for target in [
        "/v1/timeline?name=cpu&step=3660d&aggregate=count&\(all)", "/v1/timeline?name=cpu&step=3660d&aggregate=count",
        "/v1/timeline?name=cpu&step=44639m&aggregate=count&by=&\(all)", "/v1/samples?name=cpu&\(all)",
      ] {
        let response = try service.get(target)
        #expect(response.status == 200)
        #expect(response.text.contains("\"labels\":{"))
      }
      let nowhere = try service.get("/v1/timeline?name=cpu&from=9223372036854&to=9223372036854")
      #expect(nowhere.text.contains("\"series\":[]"))
      #expect(try service.get("/v1/timeline?name=cpu&to=-9223372036854").text.contains("\"series\":[]"))
      #expect(try service.get("/v1/timeline?name=cpu&from=9223372036854").text.contains("\"series\":[]"))
    }
  }

  @Test func headIsLikeGetWithoutABody() throws {
    try withService { service, _, _ in
      let get = try service.get("/v1/metrics")
      let head = try service.get("/v1/metrics", method: "HEAD")
      #expect(head.status == 200)
      #expect(head.body.isEmpty)
      #expect(head.header("content-length") == get.header("content-length"))
    }
  }

  @Test func badRequestsAreProblems() throws {
    try withService { service, _, _ in
      for (target, code, word) in [
        ("/v1/timeline", "missing-parameter", "name"),
        ("/v1/timeline?name=cpu&zone=UTC", "unknown-parameter", "aggregate"),
        ("/v1/timeline?name=cpu&step=0m", "invalid-step", "10m"),
        ("/v1/timeline?name=cpu&step=5s", "invalid-step", "10m"),
        ("/v1/timeline?name=cpu&aggregate=p99", "invalid-aggregate", "avg, sum"),
        ("/v1/timeline?name=cpu&from=2&to=1", "invalid-range", "from"),
        ("/v1/timeline?name=cpu&after=x", "invalid-token", "Daybook-Position"),
        ("/v1/timeline?name=cpu&from=0&to=2013-12-02T00:00:00Z", "too-many-points", "11000"),
        ("/v1/latest?name=cpu&from=1", "unknown-parameter", "label.NAME"),
        ("/v1/series?name=%FF", "invalid-parameter", "UTF-8"),
        ("/v1/samples?name=cpu&label.%C3=x", "invalid-parameter", "UTF-8"),
        ("/v1/metrics?%ed%a0%80", "invalid-parameter", "UTF-8"),
        ("/v1/series?name=%00", "invalid-parameter", "zero byte"),
        ("/v1/series?name=cpu&label.a=1&label.a=2", "duplicate-parameter", "label.a"),
      ] {
        let response = try service.get(target)
        #expect(response.status == 400)
        #expect(response.header("content-type") == "application/problem+json")
        #expect(response.text.contains("\"code\":\"\(code)\""))
        #expect(response.text.contains(word))
      }
      let other = PositionToken(
        storeHigh: 1, storeLow: 1, generation: 1, positions: [ShardPosition(shard: 0, position: 1)])
      let refused = try service.get("/v1/metrics?after=\(other)")
      #expect(refused.status == 400)
      #expect(refused.text.contains("\"code\":\"other-store\""))
    }
  }

  /// What no series can be called is asked for like anything that is not there.
  @Test func namesThatNothingCanHaveAreAnEmptyAnswer() throws {
    try withService { service, _, _ in
      let long = String(repeating: "n", count: 300)
      let labels = (0..<65).map { "&label.l\($0)=x" }.joined()
      for target in [
        "/v1/series?name=\(long)", "/v1/latest?name=a%0Ab", "/v1/samples?name=cpu&label.\(long)=x",
        "/v1/timeline?name=cpu\(labels)", "/v1/series?name=%EF%BF%BD",
      ] {
        let response = try service.get(target)
        #expect(response.status == 200)
        #expect(response.text.contains("\"series\":[]"))
      }
      #expect(try service.get("/v1/series?name=\(String(repeating: "n", count: 40_000))").status == 414)
    }
  }

  @Test func unknownPathsAndMethodsAreRefused() throws {
    try withService { service, _, _ in
      let path = try service.get("/v1/nothing")
      #expect(path.status == 404)
      #expect(path.text.contains("\"code\":\"not-found\""))
      #expect(path.text.contains("/v1/timeline"))
      let method = try service.get("/v1/timeline", method: "POST")
      #expect(method.status == 405)
      #expect(method.header("allow") == "GET, HEAD")
      #expect(method.header("content-type") == "application/problem+json")
    }
  }

  @Test func aPositionThatDoesNotComeIs504WithHowFarItIs() throws {
    try withService { service, store, token in
      store.stopProjector()
      let next = try store.record([TestSample(Self.a, at: 5, 1)])
      let response = try service.get("/v1/timeline?name=cpu&after=\(token)&after=\(next)&wait=50ms")
      #expect(response.status == 504)
      #expect(response.text.contains("\"code\":\"position-not-reached\""))
      #expect(response.text.contains("\"position\":\"\(token)\""))
      store.startProjector(quietTime: .milliseconds(1))
      #expect(try service.get("/v1/timeline?name=cpu&after=\(next)&wait=20s").status == 200)
    }
  }

  @Test func theStatusTellsBuildsAndLag() throws {
    try withService { service, store, token in
      let text = try service.get("/v1/status").text
      #expect(text.contains("\"position\":\"\(token)\""))
      #expect(text.contains("\"name\":\"catalogue\"") && text.contains("\"name\":\"timeline\""))
      #expect(text.contains("\"lag\":{\"events\":0,\"seconds\":0}"))
      store.stopProjector()
      _ = try store.record([TestSample(Self.b, at: 5, 1)])
      #expect(try service.get("/v1/status").text.contains("\"lag\":{\"events\":1,"))
      #expect(try service.get("/v1/status").text.contains("\"events\":1,\"seconds\":"))
      #expect(try !service.get("/v1/status").text.contains("\"problem\""))
      try store.database.connect().execute("UPDATE daybook_read.progress SET problem = 'stuck' WHERE shard = 2")
      let stuck = try service.get("/v1/status").text
      #expect(stuck.split(separator: "\"problem\":\"stuck\"}").count == 3)
      #expect(stuck.contains("{\"shard\":2,"))
      let alone = try RunningQueryService(store.readStore)
      defer { alone.stop() }
      let blind = try alone.get("/v1/status").text
      #expect(blind.contains("\"lag\":null"))
      #expect(blind.contains("--database"))
    }
  }

  @Test func theStatusTellsHowFarTheRelayIs() throws {
    try withService { service, store, _ in
      #expect(try service.get("/v1/status").text.contains("\"relay\":null,\"projections\":["))
      let owner = try store.database.connect()
      // `all` has everything; of `some` the relay has sent nothing, and stands still in shard 2.
      try owner.execute(
        """
        INSERT INTO daybook_events.relay_cursors (topic, shard, generation, position, epoch, updated_at, hash)
        SELECT 'all', shard, 1, position, 1, 0, hash FROM daybook_events.shards;
        INSERT INTO daybook_events.relay_cursors (topic, shard, generation, position, epoch, updated_at, hash, problem)
        SELECT 'some', shard, 1, 0, 1, 0, hash, CASE shard WHEN 2 THEN 'why; "do"' END FROM daybook_events.shards
        """)
      let heads = try owner.query(sql: "SELECT position FROM daybook_events.shards ORDER BY shard")
      let positions = try (0..<heads.rowCount).map { (row) throws in try heads.int64(row, 0) }
      let total = positions.reduce(0, +)
      let text = try service.get("/v1/status").text
      let none = "\"lag\":{\"events\":0,\"seconds\":0}"
      let shards = positions.enumerated().map { "{\"shard\":\($0),\"position\":\($1),\(none)}" }.joined(separator: ",")
      #expect(
        text.contains(
          "\"relay\":[{\"topic\":\"all\",\"position\":\(total),\(none),\"shards\":[\(shards)]},"
            + "{\"topic\":\"some\",\"position\":0,\"lag\":{\"events\":\(total),\"seconds\":"), "\(text)")
      let parser = JSONParser()
      let root = try parser.parse(Array(text.utf8)).root
      withExtendedLifetime(parser) {
        let some = root["relay"]?.elements.map(Array.init)?.last
        #expect((some?["lag"]?["seconds"]?.double ?? 0) > 0)
        let shards = some?["shards"]?.elements.map(Array.init) ?? []
        #expect(shards.map { $0["lag"]?["events"]?.int64 } == positions)
        #expect(shards.map { $0["problem"]?.string } == [nil, nil, "why; \"do\"", nil, nil, nil, nil, nil])
      }
      let alone = try RunningQueryService(store.readStore)
      defer { alone.stop() }
      #expect(try alone.get("/v1/status").text.contains("\"relay\":null,"))
    }
  }

  @Test func healthSaysWhetherQueriesAreAnswered() throws {
    try withService { service, _, _ in
      #expect(try service.get("/livez").text == "ok\n")
      #expect(try service.get("/readyz").text == "ready\n")
      let verbose = try service.get("/readyz?verbose")
      #expect(verbose.header("content-type") == "application/health+json")
      #expect(verbose.text.hasPrefix(#"{"status":"pass","version":"test","serviceId":"daybook-query","checks":{"#))
      for name in [
        "read-store:connection", "read-models:builds", "queue:queries", "event-store:reading", "lag:seconds",
      ] {
        #expect(verbose.text.contains("\"\(name)\":[{"), "\(name)")
      }
      let exposition = try service.get("/metrics")
      #expect(exposition.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
      #expect(exposition.text.contains("daybook_http_requests_total{route=\"/readyz\",status=\"200\"} 2\n"))
      #expect(exposition.text.contains("daybook_query_waiting 0\n"))
    }
    let empty = try TestDatabase.make()
    let unready = try RunningQueryService(empty.address("daybook_query"))
    defer { unready.stop() }
    #expect(try unready.get("/livez").status == 200)
    let ready = try unready.get("/readyz?verbose")
    #expect(ready.status == 503)
    #expect(ready.text.contains(#""read-store:connection":[{"componentType":"datastore","status":"pass""#))
    #expect(
      ready.text.contains(#""read-models:builds":[{"componentType":"component","status":"fail","output":"there is no"#))
    #expect(try unready.get("/readyz").text.hasPrefix("not ready: there is no read model yet"))
    let query = try unready.get("/v1/metrics")
    #expect(query.status == 503)
    #expect(query.header("retry-after") != nil)
  }

  @Test func withoutPostgresQueriesAre503() throws {
    let away = try RunningQueryService(PostgresAddress(conninfo: "host=127.0.0.1 port=1 dbname=none user=none"))
    defer { away.stop() }
    let response = try away.get("/v1/timeline?name=cpu")
    #expect(response.status == 503)
    #expect(response.text.contains("\"code\":\"unavailable\""))
    #expect(!response.text.contains("port=1"))
    #expect(try away.get("/readyz").status == 503)
    #expect(try away.get("/v1/status").status == 503)
  }

  @Test func anAnswerBeyondItsLimitIsRefused() throws {
    try withService({ $0.answerBytesLimit = 200 }) { service, _, _ in
      let response = try service.get("/v1/timeline?name=cpu&from=0&to=60000&aggregate=avg,count,last")
      #expect(response.status == 400)
      #expect(response.text.contains("\"code\":\"answer-too-large\""))
    }
  }

  @Test func everySampleIsInTheAnswerThatWaitsForItsPosition() throws {
    try withService { service, store, _ in
      for index in 0..<30 {
        let token = try store.record([TestSample(Self.a, at: Int64(index) * Self.minute, 7)])
        let response = try service.get("/v1/timeline?name=cpu&from=0&to=3600000&aggregate=last&after=\(token)&wait=10s")
        #expect(response.status == 200)
        #expect(response.text.contains("\(index * 60_000)]"), "the newest bucket comes last: \(response.text)")
      }
    }
  }
}
