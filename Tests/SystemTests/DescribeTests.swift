import HTTPClient
import TestSupport
import Testing

/// What is said of a metric, from the command service to the query service.
@Suite(.serialized) struct DescribeTests {
  @Test func aDescriptionIsReadUnderItsPositionBeforeAndAfterTheFirstSample() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    func metrics(after token: String) throws -> String {
      let answer = try HTTPClient(daybook.query).send("GET", "/v1/metrics?after=\(token)&wait=10s")
      #expect(answer.status == 200)
      return answer.text
    }
    func put(_ body: String) throws -> String {
      let answer = try HTTPClient(daybook.command).send(
        "PUT", "/v1/metrics/room%2Ftemperature", headers: [("Content-Type", "application/json")],
        body: Array(body.utf8))
      #expect(answer.status == 201, "\(answer.text)")
      return try #require(answer.header("daybook-position"))
    }
    let said = #"{"unit":"°C","description":"of the air","kind":"gauge"}"#
    let known = #"{"name":"room/temperature","unit":"°C","description":"of the air","kind":"gauge""#
    #expect(try metrics(after: put(said)).contains(known + #","series":0,"first":null,"last":null"#))
    let sample = try HTTPClient(daybook.command).send(
      "POST", "/write?precision=ms", body: Array(#"room/temperature value=21.5 1700000000000"#.utf8))
    #expect(sample.status == 204)
    let token = try #require(sample.header("daybook-position"))
    #expect(try metrics(after: token).contains(known + #","series":1,"first":1700000000000,"last":1700000000000"#))
    let cleared = #"{"name":"room/temperature","unit":"°C","description":null,"kind":"counter","series":1"#
    #expect(try metrics(after: put(#"{"description":null,"kind":"counter"}"#)).contains(cleared))
    // The next projector and the next query service know it, too.
    #expect(daybook.stopProcesses() == 0)
    try daybook.start()
    #expect(try metrics(after: put(#"{"unit":"K"}"#)).contains(cleared.replacing("°C", with: "K")))
  }
}
