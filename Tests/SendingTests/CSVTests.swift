import Runtime
import Sending
import TestSupport
import Testing
import WriteTestSupport

/// What a service gets of CSV files.
struct CSVTests {
  private static func sent(_ text: String, _ format: SendFormat) throws -> (samples: [Parsed], report: SendReport) {
    let service = try RecordingService()
    let scene = try SendScene(text, service, format)
    let report = try scene.send()
    #expect(report.isComplete)
    #expect(report.totals.accepted == service.samples.count)
    return (service.samples, report)
  }

  private static let second: Int64 = 1_000_000_000

  @Test(arguments: [
    "time,v\n1700000000,1.5\n1700000001,-2\n", "time,v\r\n1700000000,1.5\r\n1700000001,-2\r\n",
    "time,v\n1700000000,1.5\n1700000001,-2", "\u{FEFF}time,v\n1700000000,1.5\n\n1700000001,-2\n\n",
    "x,time,\"v\",y\na,\"1700000000\",\"1.5\",b\nc, 1700000001 ,\t-2 ,d\n",
    " time , v \n1700000000,+1.5\n1700000001,-2e0\n",
  ])
  func aRowIsASample(text: String) throws {
    let expected = [Parsed("m", 1_700_000_000 * Self.second, 1.5), Parsed("m", 1_700_000_001 * Self.second, -2)]
    #expect(try Self.sent(text, SendScene.csv()).samples == expected)
  }

  @Test func fieldsInQuotesMayHoldDelimitersQuotesAndLineBreaks() throws {
    let text =
      "note,time,v,where\n\"a,b\nc\"\"d\",1700000000,1,\"New, \"\"York\"\"\"\nx,1700000001,2,\"x=y z\\n\"\nbad\n"
    let service = try RecordingService()
    let scene = try SendScene(text, service, SendScene.csv(labelColumns: ["where"]))
    let report = try scene.send()
    #expect(
      service.samples == [
        Parsed("m{where=New, \"York\"}", 1_700_000_000 * Self.second, 1),
        Parsed("m{where=x=y z\\n}", 1_700_000_001 * Self.second, 2),
      ])
    // Lines are counted, not records: a field that spans two lines moves what follows.
    #expect(report.totals.reasons["columns-missing"]?.lines == [5])
  }

  @Test func severalValuesLabelsAndMetricsOfOneRow() throws {
    let text = "time;region;a b;c\n1700000000;north;1;2\n1700000001;;3;\n"
    let format = try SendScene.csv(
      values: [("a b", "m,1"), ("c", "#two".replacing("#", with: "t"))], labels: [("host", "h 1"), ("none", "")],
      labelColumns: ["region"], delimiter: ";")
    let (samples, report) = try Self.sent(text, format)
    #expect(
      samples
        == Parsed.sorted([
          Parsed("m,1{host=h 1,region=north}", 1_700_000_000 * Self.second, 1),
          Parsed("ttwo{host=h 1,region=north}", 1_700_000_000 * Self.second, 2),
          Parsed("m,1{host=h 1}", 1_700_000_001 * Self.second, 3),
        ]))
    #expect(report.totals.emptyValues == 1)
    #expect(report.totals.records == 2)
  }

  @Test func withoutAHeaderColumnsAreNumbers() throws {
    let (samples, _) = try Self.sent(
      "x\t1700000000\t7\n", SendScene.csv(time: "2", values: [("3", "m")], delimiter: "\t", header: false))
    #expect(samples == [Parsed("m", 1_700_000_000 * Self.second, 7)])
    #expect(throws: UsageError.self) { try CSVColumn("three", hasHeader: false) }
    #expect(throws: UsageError.self) { try CSVColumn("0", hasHeader: false) }
  }

  @Test(arguments: [
    ("", 1_700_000_000, "columns-missing"), ("1700000000", 0, "columns-missing"), (",1", 0, "time-missing"),
    ("rubbish,1", 0, "bad-time"), ("20140214,1", 0, "time-unit-unknown"), ("1600-01-01,1", 0, "time-out-of-range"),
    ("99999999999999999999,1", 0, "time-out-of-range"), ("1700000000,x", 0, "bad-value"),
    ("1700000000,1.2.3", 0, "bad-value"), ("1700000000,NaN", 0, "bad-value"), ("1700000000,1e999", 0, "bad-value"),
    ("1700000000,.", 0, "bad-value"), ("1700000000,1 2", 0, "bad-value"), ("1700000000,0x10", 0, "bad-value"),
    ("1700000000,\"1", 0, "quote-open"),
    ("1700000000,1,\(String(repeating: "x", count: 1025))", 0, "label-value-too-long"),
    ("1700000000,1,a\\", 0, "label-ends-with-backslash"), ("1700000000,1,\"a\nb\"", 0, "label-line-break"),
  ])
  func aBadRowIsLeftOutAndNamedWithItsLine(row: String, ignored: Int, reason: String) throws {
    guard !row.isEmpty else { return }
    let service = try RecordingService()
    let scene = try SendScene("time,v,l\n1700000000,1,a\n\(row)\n", service, SendScene.csv(labelColumns: ["l"]))
    let report = try scene.send()
    #expect(report.isComplete)
    #expect(report.totals.accepted == 1)
    #expect(report.totals.rejected == 1)
    #expect(report.totals.reasons.keys.sorted() == [reason])
    #expect(report.totals.reasons[reason]?.lines == [3])
    #expect(try scene.rejected().count == 1)
    #expect(try scene.rejected().first?.hasPrefix("3,\(reason),") == true)
  }

  @Test func aLabelThatIsNotUTF8IsRejected() throws {
    let service = try RecordingService()
    let bytes = Array("time,v,l\n1700000000,1,M\u{FC}\n1700000000,2,M".utf8) + [0xFC, 0x0A]
    let scene = try SendScene(bytes, service, SendScene.csv(labelColumns: ["l"]))
    #expect(try scene.send().totals.reasons["label-value-not-utf8"]?.lines == [3])
    #expect(service.samples == [Parsed("m{l=M\u{FC}}", 1_700_000_000 * Self.second, 1)])
  }

  @Test(arguments: [
    ("time,v\n1,1\n", "nope", "cannot find the column of --time 'nope' in the first line, which has 'time', 'v'"),
    ("time,time,v\n", "time", "is in the first line 2 times"), ("", "time", "it is empty"),
    ("\"time,v\n", "time", "a quote in it is never closed"),
  ])
  func aHeaderThatDoesNotFitStopsAtOnce(text: String, time: String, message: String) throws {
    let service = try RecordingService()
    let scene = try SendScene(text, service, SendScene.csv(time: time))
    let error = #expect(throws: SendError.self) { try scene.send() }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    #expect(service.requests.isEmpty)
  }

  @Test func utf16IsRefusedWithAdvice() throws {
    let service = try RecordingService()
    let scene = try SendScene([0xFF, 0xFE, 0x74, 0x00], service, SendScene.csv())
    let error = #expect(throws: SendError.self) { try scene.send() }
    #expect(error?.description.contains("iconv") == true)
  }

  @Test func aQuoteThatIsNeverClosedDoesNotTakeAllMemory() throws {
    let service = try RecordingService()
    let rows = String(repeating: "1700000000,1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", count: 60_000)
    let scene = try SendScene("time,v,l\n1700000000,1,\"a\n" + rows, service, SendScene.csv())
    let report = try scene.send()
    #expect(report.failure?.contains("is a quote never closed?") == true, "\(report.end)")
  }

  @Test(arguments: [
    ("#m", [(key: String, value: String)]()), ("m\\", []), ("", []), ("a\nb", []), ("m", [("time", "x")]),
    ("m", [("a", "x\\")]), ("m", [("a\\", "x")]), ("m", [("a", "x\ny")]), ("m", [("a", "1"), ("a", "2")]),
  ])
  func namesThatCannotBeSentAreRefusedBeforeAnythingIs(name: String, labels: [(key: String, value: String)]) throws {
    #expect(throws: UsageError.self) { try SendScene.csv(values: [("v", name)], labels: labels) }
  }
}
