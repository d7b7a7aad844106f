import Events
import HTTPClient
import Queries
import QueryAPI
import QueryTestSupport
import TestSupport
import Testing

/// Answers as CSV and times in every precision, over HTTP and to the byte.
@Suite struct TableTests {
  private static let a = TestSeries("cpu", ["host": "a,\"1\"", "time": "late"])
  private static let b = TestSeries("cpu", ["host": "b", "dc": "=eu"])
  private static let at: Int64 = 1_386_018_900_000_000_000

  private func withService(_ body: (RunningQueryService, TestStore) throws -> Void) throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let service = try RunningQueryService(store.readStore)
    defer { service.stop() }
    try service.waitFor(
      try store.record([
        TestSample(Self.a, at: Self.at, 1.5), TestSample(Self.a, at: Self.at + 1, .nan),
        TestSample(Self.a, at: Self.at + 60_000_000_000, .nan),
        TestSample(Self.b, at: Self.at + 1_000_000_000, -.infinity), TestSample(Self.b, at: -1, .infinity),
      ]))
    try body(service, store)
  }

  private func expectTable(_ service: RunningQueryService, _ target: String, _ table: String) throws {
    let response = try service.get(target, headers: [("Accept", "text/csv")])
    #expect(response.status == 200)
    #expect(response.header("content-type") == "text/csv; charset=utf-8; header=present")
    #expect(response.header("vary") == "Accept")
    #expect(response.header("daybook-position") != nil)
    #expect(response.text == table)
  }

  @Test func aTimelineIsARowPerPoint() throws {
    try withService { service, _ in
      try expectTable(
        service, "/v1/timeline?name=cpu&from=1386018900000&to=1386018960001&aggregate=avg,count,min",
        """
        label.dc,label.host,label.time,time,avg,count,min\r
        =eu,b,,1386018900000,-Inf,1,-Inf\r
        ,"a,""1""\",late,1386018900000,1.5,1,1.5\r
        ,"a,""1""\",late,1386018960000,,0,\r

        """)
    }
  }

  @Test func aTimelineByLabelsHasTheColumnsThatItIsBy() throws {
    try withService { service, _ in
      let range = "from=1386018900000&to=1386018900001&step=hour"
      try expectTable(
        service, "/v1/timeline?name=cpu&\(range)&by=host,nothing&aggregate=count",
        "label.host,label.nothing,time,count\r\n\"a,\"\"1\"\"\",,1386018000000,1\r\nb,,1386018000000,1\r\n")
      try expectTable(
        service, "/v1/timeline?name=cpu&\(range)&by=&aggregate=count,max", "time,count,max\r\n1386018000000,2,1.5\r\n")
      try expectTable(service, "/v1/timeline?name=none&by=x", "label.x,time,avg\r\n")
    }
  }

  @Test func theOtherTablesHaveTheirColumns() throws {
    try withService { service, _ in
      try expectTable(
        service, "/v1/samples?name=cpu&precision=ns",
        """
        label.dc,label.host,label.time,time,value\r
        =eu,b,,-1,+Inf\r
        =eu,b,,1386018901000000000,-Inf\r
        ,"a,""1""\",late,1386018900000000000,1.5\r
        ,"a,""1""\",late,1386018900000000001,NaN\r
        ,"a,""1""\",late,1386018960000000000,NaN\r

        """)
      // Columns are those of the series that are asked for, with samples in the range or not.
      try expectTable(
        service, "/v1/samples?name=cpu&to=0&precision=rfc3339&label.dc==eu",
        "label.dc,label.host,time,value\r\n=eu,b,1969-12-31T23:59:59.999999999Z,+Inf\r\n")
      try expectTable(
        service, "/v1/samples?name=cpu&to=0",
        """
        label.dc,label.host,label.time,time,value\r
        =eu,b,,-1,+Inf\r

        """)
      try expectTable(
        service, "/v1/latest?name=cpu&precision=s",
        """
        label.dc,label.host,label.time,time,value\r
        =eu,b,,1386018901,-Inf\r
        ,"a,""1""\",late,1386018960,NaN\r

        """)
      try expectTable(
        service, "/v1/series?name=cpu&label.time=late&precision=us",
        "label.host,label.time,first,last\r\n\"a,\"\"1\"\"\",late,1386018900000000,1386018900000000\r\n")
      try expectTable(
        service, "/v1/metrics?precision=rfc3339",
        "name,unit,description,kind,series,first,last\r\n"
          + "cpu,,,,2,1969-12-31T23:59:59.999999999Z,2013-12-02T21:15:01Z\r\n")
    }
  }

  @Test func nothingIsAHeaderRow() throws {
    try withService { service, _ in
      try expectTable(service, "/v1/samples?name=none", "time,value\r\n")
      try expectTable(service, "/v1/series?name=none", "first,last\r\n")
      try expectTable(service, "/v1/latest?name=none", "time,value\r\n")
    }
  }

  @Test func jsonSaysTimesInThePrecisionAskedFor() throws {
    try withService { service, _ in
      let timeline = try service.get("/v1/timeline?name=cpu&from=1386018900&to=1386018901&precision=s&aggregate=count")
      #expect(timeline.text.contains("\"from\":1386018900,\"to\":1386018960,"))
      #expect(timeline.text.contains("\"time\":[1386018900],\"count\":[1]"))
      let samples = try service.get("/v1/samples?name=cpu&label.host=b&precision=ns&from=-1&to=0")
      #expect(samples.text.contains("\"time\":[\"-1\"],\"value\":[\"+Inf\"]"))
      let latest = try service.get("/v1/latest?name=cpu&label.host=b&precision=rfc3339")
      #expect(latest.text.contains("\"time\":\"2013-12-02T21:15:01Z\",\"value\":\"-Inf\""))
      let series = try service.get("/v1/series?name=cpu&label.host=b&precision=us")
      #expect(series.text.contains("\"first\":-1,\"last\":1386018901000000"))
      let metrics = try service.get("/v1/metrics?precision=ns")
      #expect(metrics.text.contains("\"first\":\"-1\",\"last\":\"1386018901000000000\""))
    }
  }

  @Test func whatTheClientDoesNotTakeIs406() throws {
    try withService { service, _ in
      for (target, accept) in [
        ("/v1/timeline?name=cpu", "text/html"), ("/v1/metrics", "application/xml"), ("/v1/latest?name=cpu", "*/*;q=0"),
        ("/v1/status", "text/csv"),
      ] {
        let response = try service.get(target, headers: [("Accept", accept)])
        #expect(response.status == 406)
        #expect(response.header("content-type") == "application/problem+json")
        #expect(response.text.contains("\"title\":\"Not Acceptable\",\"status\":406,\"code\":\"not-acceptable\""))
        #expect(response.text.contains("application/json"))
        #expect(response.text.contains("text/csv") == !target.hasSuffix("status"))
      }
      for target in ["/livez", "/readyz", "/metrics"] {
        #expect(try service.get(target, headers: [("Accept", "text/csv")]).status == 200)
      }
      let refused = try service.get("/v1/timeline?name=cpu&step=0m", headers: [("Accept", "text/csv")])
      #expect(refused.status == 400)
      #expect(refused.header("content-type") == "application/problem+json")
    }
  }

  @Test func aTableBeyondTheLimitIsRefused() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let service = try RunningQueryService(store.readStore) { $0.answerBytesLimit = 4_000 }
    defer { service.stop() }
    try service.waitFor(try store.record((0..<1_000).map { TestSample(Self.b, at: $0, 1) }))
    let response = try service.get("/v1/samples?name=cpu", headers: [("Accept", "text/csv")])
    #expect(response.status == 400)
    #expect(response.text.contains("\"code\":\"answer-too-large\""))
  }
}
