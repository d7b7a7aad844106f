import Compression
import Events
import JSON
import Postgres
import Runtime
import TestSupport
import Testing
import WriteTestSupport

@Suite struct LineEndpointTests {
  private let expected = [Parsed("cpu_idle{host=a}", 1_000_000_000, 2), Parsed("cpu{host=a}", 1_000_000_000, 1)]

  @Test func bothVersionsStoreAndAnswer204() throws {
    for path in [
      "/write?db=x&rp=y&precision=s&u=a&p=b&consistency=one", "/api/v2/write?org=o&bucket=b&precision=s",
      "/write?precision=s",
    ] {
      let service = try RunningService()
      let answer = try service.post(
        path, "cpu,host=a value=1,idle=2,mode=\"x\" 1\n", ["Content-Type": "application/x-www-form-urlencoded"])
      #expect(answer.status == 204)
      #expect(answer.body.isEmpty)
      #expect(answer.header("x-influxdb-version") == "1.8.10")
      #expect(answer.header("x-influxdb-build") == "OSS")
      #expect(answer.header("request-id")?.count == 36)
      _ = try PositionToken(parsing: #require(answer.header("daybook-position")))
      #expect(try service.stored() == Parsed.sorted(expected))
      #expect(try service.modes() == [.replace])
      #expect(service.registry.exposition().contains("daybook_line_texts_skipped_total 1\n"))
    }
  }

  @Test func gzipOfSeveralMembersIsRead() throws {
    let service = try RunningService()
    let body = Gzip.compress(Array("m f=1 1\n".utf8)) + Gzip.compress(Array("m f=2 2\n".utf8))
    #expect(try service.post("/write", body, ["Content-Encoding": "gzip"]).status == 204)
    #expect(try service.stored() == [Parsed("m_f", 1, 1), Parsed("m_f", 2, 2)])
    let damaged = try service.post("/write", Array(body.dropLast(4)), ["Content-Encoding": "gzip"])
    #expect(damaged.status == 400)
    #expect(damaged.text.hasPrefix(#"{"error":"cannot decompress gzip"#))
    let unknown = try service.post("/api/v2/write", body, ["Content-Encoding": "snappy"])
    #expect(unknown.status == 415)
    #expect(unknown.text.contains(#""code":"unsupported media type""#))
  }

  @Test func goodLinesOfABadBatchAreStoredAndTheBadOnesNamedAsVersion1Words() throws {
    let service = try RunningService()
    let answer = try service.post("/write", "m f=1 1\nm f=oops 2\nm f=3 3\nm,time=x f=1 4\n")
    #expect(answer.status == 400)
    let error = try #require(JSONDocument.parse(bytes: answer.body)["error"])
    #expect(error.hasPrefix("partial write: unable to parse 'm f=oops 2': invalid number (line 2)\n"))
    #expect(error.hasSuffix(" dropped=2"))
    #expect(answer.text.contains(#""errors":[{"line":2,"code":"invalid-number","#))
    #expect(answer.header("x-influxdb-error")?.hasPrefix("partial write: ") == true)
    #expect(answer.header("daybook-position") != nil)
    #expect(try service.stored() == [Parsed("m_f", 1, 1), Parsed("m_f", 3, 3)])
    let rows = try service.query("SELECT line, reason, protocol, actor FROM daybook_events.rejected ORDER BY line")
    #expect(rows.rowCount == 2)
    #expect(try rows.int32(0, 0) == 2 && rows.text(0, 1) == "invalid-number")
    #expect(try rows.int32(1, 0) == 4 && rows.text(1, 1) == "time-tag")
    #expect(try rows.text(0, 2) == "line" && rows.text(0, 3) == "anonymous")
  }

  @Test func theFirstBadLinesAreNamedAndAllAreCounted() throws {
    let service = try RunningService()
    let answer = try service.post("/write", String(repeating: "bad\n", count: 150) + "m f=1 1\n")
    #expect(answer.status == 400)
    #expect(answer.text.split(separator: "{\"line\":").count == 101)
    #expect(answer.text.contains("],\"rejected\":150}"))
    #expect(answer.header("daybook-accepted") == "1")
  }

  @Test func onlyBadLinesAreAParseErrorOfVersion1() throws {
    let service = try RunningService()
    let answer = try service.post("/write", "m f=1 noon\n")
    #expect(answer.status == 400)
    #expect(
      try JSONDocument.parse(bytes: answer.body)["error"] == "unable to parse 'm f=1 noon': bad timestamp (line 1)")
    #expect(try service.stored() == [])
  }

  @Test func partialWritesOfVersion2HaveItsShape() throws {
    let service = try RunningService()
    let answer = try service.post("/api/v2/write?bucket=b", "m f=1 1\nm f= 2\n")
    #expect(answer.status == 400)
    let body = try JSONDocument.parse(bytes: answer.body)
    #expect(body["code"] == "invalid")
    #expect(body["line"] == "2")
    #expect(try #require(body["message"]).hasPrefix("partial write error (1 accepted): 1 out of 2 points rejected: "))
    #expect(try service.stored() == [Parsed("m_f", 1, 1)])
  }

  @Test func anEmptyBodyIsAnswered204() throws {
    let service = try RunningService()
    #expect(try service.post("/write", "\n# nothing\n").status == 204)
    #expect(try service.post("/api/v2/write", "").status == 204)
    #expect(try service.stored() == [])
  }

  @Test func everyAnswerOfVersion1CarriesItsHeadersOnce() throws {
    let service = try RunningService()
    let answers = [
      try service.post("/write", "m f=1 1"), try service.post("/write", "m f=1 1\nm f=x"),
      try service.post("/write?precision=x", ""), try service.get("/write"), try service.get("/ping"),
      try service.get("/health"),
    ]
    for answer in answers {
      for name in ["x-influxdb-version", "x-influxdb-build", "request-id"] {
        #expect(answer.headers.count { $0.name == name } == 1, "\(answer.status) \(name)")
      }
    }
  }

  @Test func precisionsAreThoseOfTheVersion() throws {
    let service = try RunningService()
    #expect(try service.post("/write?precision=h", "m f=1 1").status == 204)
    #expect(try service.post("/write?precision=", "m f=1 2").status == 204)
    #expect(try service.stored() == [Parsed("m_f", 2, 1), Parsed("m_f", 3_600_000_000_000, 1)])
    let first = try service.post("/write?precision=d", "m f=1 1")
    #expect(first.status == 400)
    #expect(first.text.hasPrefix(#"{"error":"invalid precision"#))
    let second = try service.post("/api/v2/write?precision=h", "m f=1 1")
    #expect(second.status == 400)
    #expect(second.text.contains(#""code":"invalid""#))
  }

  @Test func modeObserveKeepsBothOfTwoSamplesAtOneTime() throws {
    for path in ["/write", "/api/v2/write"] {
      let service = try RunningService()
      #expect(try service.post("\(path)?mode=observe", "m f=1 1\nm f=2 1\n").status == 204)
      #expect(try service.modes() == [.observe])
      #expect(try service.post("\(path)?mode=replace", "m f=1 1\n").status == 204)
      #expect(try service.post("\(path)?mode=", "m f=1 1\n").status == 204)
      #expect(try service.modes() == [.observe, .replace])
      let unknown = try service.post("\(path)?mode=append", "m f=9 9\n")
      #expect(unknown.status == 400)
      #expect(unknown.text.contains("mode must be observe or replace"))
      #expect(try service.stored().map(\.value) == [1, 1, 1, 2])
    }
  }

  @Test func theAnswerSaysHowManySamplesWereStored() throws {
    let service = try RunningService()
    let accepted = { (answer: TestClient.Response) in answer.header("daybook-accepted") }
    #expect(accepted(try service.post("/write", "m f=1,g=2,text=\"x\" 1\nm f=3 2\n")) == "3")
    #expect(accepted(try service.post("/write", "")) == "0")
    let partial = try service.post("/api/v2/write", "m f=1,g=x 1\nm f=2 2\n", ["Idempotency-Key": "k"])
    #expect(partial.status == 400 && accepted(partial) == "1")
    let replayed = try service.post("/api/v2/write", "m f=1,g=x 1\nm f=2 2\n", ["Idempotency-Key": "k"])
    #expect(replayed.header("idempotent-replayed") == "true" && accepted(replayed) == "1")
    #expect(accepted(try service.post("/write?precision=x", "m f=1 1")) == nil)
    #expect(accepted(try service.json(#"[{"name":"m","value":1},{"name":"m","value":2}]"#)) == "2")
  }

  @Test func moreThanOneRequestPerConnectionIsServed() throws {
    let service = try RunningService()
    let client = try service.client()
    for number in 0..<20 {
      #expect(try client.request("POST", "/write", body: Array("m f=\(number) \(number)".utf8)).status == 204)
    }
    #expect(try service.stored().count == 20)
  }
}
