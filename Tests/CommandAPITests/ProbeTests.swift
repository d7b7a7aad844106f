import EventStore
import JSON
import Testing
import WriteTestSupport

@Suite struct ProbeTests {
  private let away = RefusingAppender(
    .unavailable(reason: "away", retryAfter: .seconds(1)), state: .unavailable(reason: "Postgres is away", since: 1))

  @Test func pingAnswersAsInfluxDB() throws {
    let service = try RunningService(away)
    #expect(try service.get("/ping").status == 204)
    #expect(try service.get("/ping", method: "HEAD").status == 204)
    #expect(try service.get("/ping").header("x-influxdb-version") == "1.8.10")
    let verbose = try service.get("/ping?verbose=true")
    #expect(verbose.status == 200 && verbose.text.contains("1.8.10"))
  }

  @Test func readinessFollowsTheEventStoreAndLivenessDoesNot() throws {
    let ready = try RunningService(RefusingAppender(.keyReused))
    #expect(try ready.get("/readyz").status == 200)
    #expect(try ready.get("/livez").status == 200)
    #expect(try JSONDocument.parse(bytes: ready.get("/health").body)["status"] == "pass")
    let down = try RunningService(away)
    #expect(try down.get("/livez").status == 200)
    #expect(try down.get("/readyz").status == 503)
    #expect(try down.get("/readyz").text.contains("Postgres is away"))
    let verbose = try down.get("/readyz?verbose")
    #expect(verbose.header("content-type") == "application/health+json")
    #expect(verbose.text.contains(#""output":"Postgres is away","remedy":"see that"#))
    #expect(verbose.text.contains(#""serviceId":"daybook-command""#))
    let health = try down.get("/health")
    #expect(health.status == 503)
    #expect(try JSONDocument.parse(bytes: health.body)["status"] == "fail")
  }

  @Test func aQueueThatIsNearlyFullIsAWarning() throws {
    let calm = try RunningService(RefusingAppender(.keyReused, waiting: 79))
    #expect(try calm.get("/readyz?verbose").text.hasPrefix(#"{"status":"pass""#))
    let busy = try RunningService(RefusingAppender(.keyReused, waiting: 80))
    let verbose = try busy.get("/readyz?verbose")
    #expect(verbose.status == 200)
    #expect(verbose.text.hasPrefix(#"{"status":"warn""#))
    #expect(verbose.text.contains("80 of 100 commands wait"))
  }

  @Test func metricsCountRequestsAndSamples() throws {
    let service = try RunningService()
    #expect(try service.json(#"[{"name":"m","value":1},{"name":"m","value":2}]"#).status == 201)
    #expect(try service.get("/nowhere").status == 404)
    let answer = try service.get("/metrics")
    #expect(answer.status == 200)
    #expect(answer.header("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
    for line in [
      "daybook_http_requests_total{route=\"/v1/samples\",status=\"201\"} 1",
      "daybook_http_requests_total{route=\"other\",status=\"404\"} 1",
      "daybook_samples_accepted_total{protocol=\"json\"} 2",
      "daybook_http_request_duration_seconds_count{route=\"/v1/samples\"} 1",
      "daybook_http_request_body_bytes_total{route=\"/v1/samples\"} 47",
      "daybook_append_group_duration_seconds_count 1", "daybook_append_commit_duration_seconds_count 1",
      "daybook_append_up 1",
    ] {
      #expect(answer.text.contains(line + "\n"), "\(line)")
    }
  }

  @Test func agentsThatAskForDatabasesGetAnAnswer() throws {
    let service = try RunningService(away)
    let show = try service.get("/query?q=SHOW%20DATABASES")
    #expect(show.status == 200)
    #expect(show.text.contains(#""statement_id":0"#))
    let create = try service.post(
      "/query", "q=CREATE+DATABASE+%22telegraf%22", ["Content-Type": "application/x-www-form-urlencoded"])
    #expect(create.status == 200)
    #expect(create.text == "{\"results\":[{\"statement_id\":0}]}\n")
    let other = try service.get("/query?q=SELECT%20*%20FROM%20cpu")
    #expect(other.status == 400)
    #expect(other.text.hasPrefix(#"{"error":""#))
    #expect(try service.get("/query").status == 400)
  }
}
