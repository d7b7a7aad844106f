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
    #expect(verbose.text.contains(#""output":"Postgres is away""#))
    let health = try down.get("/health")
    #expect(health.status == 503)
    #expect(try JSONDocument.parse(bytes: health.body)["status"] == "fail")
  }

  @Test func metricsCountRequestsAndSamples() throws {
    let service = try RunningService()
    #expect(try service.json(#"[{"name":"m","value":1},{"name":"m","value":2}]"#).status == 201)
    #expect(try service.get("/nowhere").status == 404)
    let answer = try service.get("/metrics")
    #expect(answer.status == 200)
    #expect(answer.header("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
    for line in [
      "daybook_requests_total{route=\"/v1/samples\",status=\"201\"} 1",
      "daybook_requests_total{route=\"unknown\",status=\"404\"} 1",
      "daybook_accepted_samples_total{protocol=\"json\"} 2",
      "daybook_request_seconds_count{route=\"/v1/samples\"} 1",
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
