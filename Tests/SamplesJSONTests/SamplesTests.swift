import Commands
import Events
import SamplesJSON
import Testing
import WriteTestSupport

@Suite struct SamplesTests {
  static let good: [(String, [Parsed])] = [
    (#"{"name":"m","value":1}"#, [Parsed("m", 77, 1)]),
    (#"  {"value":-1.5e3,"timestamp":5,"name":"m"} "#, [Parsed("m", 5_000_000, -1_500)]),
    (
      #"[{"name":"m","value":1,"timestamp":1},{"name":"n","value":2,"timestamp":2}]"#,
      [Parsed("m", 1_000_000, 1), Parsed("n", 2_000_000, 2)]
    ),
    (
      #"[{"name":"m","value":1,"timestamp":1,"labels":{"b":"2","a":"1","c":""}}]"#, [Parsed("m{a=1,b=2}", 1_000_000, 1)]
    ),
    (#"[{"name":"m","value":1,"timestamp":1,"labels":{}}]"#, [Parsed("m", 1_000_000, 1)]),
    (#"{"name":"m\u00fc \"x\"","value":0,"timestamp":"1970-01-01T00:00:01Z"}"#, [Parsed("mü \"x\"", 1_000_000_000, 0)]),
    (#"{"name":"m","value":1,"timestamp":"1970-01-01T01:00:00.123456789+01:00"}"#, [Parsed("m", 123_456_789, 1)]),
    (#"{"name":"m","value":1,"timestamp":-5}"#, [Parsed("m", -5_000_000, 1)]),
    (#"{"name":"m","value":1,"timestamp":1.5}"#, [Parsed("m", 1_500_000, 1)]),
    (#"{"name":"m","value":1,"timestamp":1.7e12}"#, [Parsed("m", 1_700_000_000_000_000_000, 1)]),
    (
      #"[{"name":"m","value":1,"timestamp":1},{"name":"m","value":2,"timestamp":1}]"#,
      [Parsed("m", 1_000_000, 1), Parsed("m", 1_000_000, 2)]
    ),
  ]

  @Test(arguments: good)
  func samplesAreRead(_ body: String, _ expected: [Parsed]) throws {
    let outcome = try parse(body)
    #expect(Parsed.all(outcome.batch) == expected)
    #expect(outcome.accepted == expected.count)
    #expect(outcome.roundedIntegers == 0)
  }

  @Test func oneObjectPerLineIsRead() throws {
    let outcome = try parse("{\"name\":\"a\",\"value\":1}\r\n\n  \n{\"name\":\"b\",\"value\":2}", .lines)
    #expect(Parsed.all(outcome.batch) == [Parsed("a", 77, 1), Parsed("b", 77, 2)])
  }

  static let bad: [(String, String)] = [
    ("", "not-json"),
    ("nonsense", "not-json"),
    (#"{"name":"m","value":1"#, "not-json"),
    (#"[{"name":"m","value":1},"#, "not-json"),
    (#"{"name":"m","value":NaN}"#, "not-json"),
    (#"{"name":"m","value":01}"#, "not-json"),
    (#"{"name":"m","value":1}{"name":"m","value":1}"#, "not-json"),
    ("{\"name\":\"m\u{1}\",\"value\":1}", "not-json"),
    ("[]", "no-samples"),
    ("5", "0 not-an-object"),
    ("[1,[],null]", "0 not-an-object, 1 not-an-object, 2 not-an-object"),
    (#"{"value":1}"#, "0 name-missing"),
    (#"{"name":"m"}"#, "0 value-missing"),
    ("{}", "0 value-missing"),
    (#"{"name":5,"value":1}"#, "0 name-not-text"),
    (#"{"name":null,"value":1}"#, "0 name-not-text"),
    (#"{"name":"","value":1}"#, "0 name-empty"),
    (#"{"name":"a\u0007b","value":1}"#, "0 name-control-character"),
    (#"{"name":"m","value":"1"}"#, "0 value-not-a-number"),
    (#"{"name":"m","value":"NaN"}"#, "0 value-not-a-number"),
    (#"{"name":"m","value":null}"#, "0 value-not-a-number"),
    (#"{"name":"m","value":true}"#, "0 value-not-a-number"),
    (#"{"name":"m","value":[]}"#, "0 value-not-a-number"),
    (#"{"name":"m","value":1e999}"#, "0 value-out-of-range"),
    (#"[{"name":"m","value":1},{"name":"m \" 1e999","value":-1e400},{"name":"m","value":2}]"#, "1 value-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":1e999}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":"yesterday"}"#, "0 timestamp-not-a-time"),
    (#"{"name":"m","value":1,"timestamp":"2026-02-30T00:00:00Z"}"#, "0 timestamp-not-a-time"),
    (#"{"name":"m","value":1,"timestamp":"2026-02-29T00:00:00Z"}"#, "0 timestamp-not-a-time"),
    (#"{"name":"m","value":1,"timestamp":"1500-02-29T00:00:00Z"}"#, "0 timestamp-not-a-time"),
    (#"{"name":"m","value":1,"timestamp":"1504-02-29T00:00:00Z"}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":"2026-02-03"}"#, "0 timestamp-not-a-time"),
    (#"{"name":"m","value":1,"timestamp":""}"#, "0 timestamp-not-a-time"),
    (#"{"name":"m","value":1,"timestamp":null}"#, "0 timestamp-not-a-time"),
    (#"{"name":"m","value":1,"timestamp":{}}"#, "0 timestamp-not-a-time"),
    (#"{"name":"m","value":1,"timestamp":"1677-12-31T23:59:59.999999999Z"}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":"1500-01-01T00:00:00Z"}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":"2262-04-11T00:00:00Z"}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":"9999-12-31T23:59:59Z"}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":9223372036855}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":1700000000000000000}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":18446744073709551615}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"timestamp":1e300}"#, "0 timestamp-out-of-range"),
    (#"{"name":"m","value":1,"labels":[]}"#, "0 labels-not-an-object"),
    (#"{"name":"m","value":1,"labels":null}"#, "0 labels-not-an-object"),
    (#"{"name":"m","value":1,"labels":{"a":1}}"#, "0 label-not-text"),
    (#"{"name":"m","value":1,"labels":{"":"x"}}"#, "0 label-name-empty"),
    (#"{"name":"m","value":1,"labels":{"a":"x","a":"y"}}"#, "0 label-duplicate"),
    (#"{"name":"m","value":1,"tags":{}}"#, "0 unknown-member"),
    (#"{"name":"m","value":1,"value":2}"#, "0 duplicate-member"),
    (#"[{"name":"m","value":1},{"name":"m"},{"name":"m","value":3}]"#, "1 value-missing"),
  ]

  @Test(arguments: bad)
  func badBodiesNameWhatIsWrong(_ body: String, _ expected: String) {
    #expect(fault(body) == expected)
  }

  @Test func valuesAreExactAndRoundedIntegersAreCounted() throws {
    let body = """
      [{"name":"m","value":9007199254740993},{"name":"m","value":9007199254740992},{"name":"m","value":-0.0},
      {"name":"m","value":18446744073709551615},{"name":"m","value":0.1},{"name":"m","value":4.9e-324},
      {"name":"m","value":1.7976931348623157e308},{"name":"m","value":123456789012345678901234567890}]
      """
    let outcome = try parse(body)
    let expected: [Double] = [
      9_007_199_254_740_992, 9_007_199_254_740_992, -0.0, 18_446_744_073_709_551_616, 0.1, .leastNonzeroMagnitude,
      .greatestFiniteMagnitude, 123_456_789_012_345_677_877_719_597_056,
    ]
    #expect(outcome.batch.shards.flatMap(\.values).map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(outcome.roundedIntegers == 2)
  }

  static let times: [(String, SamplePrecision, Int64)] = [
    ("1700000000123456789", .nanoseconds, 1_700_000_000_123_456_789),
    ("-9214560000000000000", .nanoseconds, -9_214_560_000_000_000_000),
    ("9223286399999999999", .nanoseconds, 9_223_286_399_999_999_999),
    ("1700000000123456", .microseconds, 1_700_000_000_123_456_000),
    ("1700000000123", .milliseconds, 1_700_000_000_123_000_000),
    ("1700000000", .seconds, 1_700_000_000_000_000_000),
    ("1700000000.123", .seconds, 1_700_000_000_123_000_000),
    ("-1.25", .seconds, -1_250_000_000),
    ("0.0000000004", .seconds, 0),
    ("0.0000000005", .seconds, 1),
    ("1700000000000.5", .milliseconds, 1_700_000_000_000_500_000),
    ("1e3", .nanoseconds, 1_000),
    ("1.5", .nanoseconds, 2),
    ("1e-30", .seconds, 0),
  ]

  @Test(arguments: times)
  func numbersAreTimesInTheirPrecision(_ text: String, _ precision: SamplePrecision, _ expected: Int64) throws {
    let outcome = try parse("{\"name\":\"m\",\"value\":1,\"timestamp\":\(text)}", precision: precision)
    #expect(outcome.batch.shards.flatMap(\.times) == [expected])
  }

  @Test func aBadLineIsNamedByItsIndex() {
    let good = #"{"name":"m","value":1}"#
    #expect(fault("\(good)\n\n{\"name\":\n\(good)", .lines) == "not-json 1")
    #expect(fault("\(good)\n{\"name\":\"m\",\"value\":1e999}\n{}", .lines) == "1 value-out-of-range, 2 value-missing")
    #expect(fault("\n \n", .lines) == "no-samples")
    #expect(fault("[\(good)]\n", .lines) == "0 not-an-object")
  }

  @Test func theListOfFaultsIsBoundedAndItsCountIsExact() {
    let body = "[" + Array(repeating: "{}", count: 1_000).joined(separator: ",") + "]"
    do {
      _ = try parse(body)
      Issue.record("accepted")
    } catch SamplesBodyError.badSamples(let faults, let total) {
      #expect(total == 1_000)
      #expect(faults.count == SamplesParser.faultsLimit)
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func knownSeriesComeFromTheResolver() throws {
    let resolver = FakeResolver()
    let body = #"[{"name":"m","value":1,"labels":{"a":"1"}},{"name":"m","value":1,"labels":{"a":"2"}}]"#
    resolver.commit(try parse(body, resolver: resolver).batch)
    let again = try parse(body, resolver: resolver)
    #expect(again.batch.newSeries.isEmpty)
    #expect(again.batch.shards.flatMap(\.series).count { $0 < 0 } == 0)
    #expect(again.accepted == 2)
  }

  @Test func moreNewSeriesThanTheLimitRefuseTheBody() {
    let body = (0...SamplesParser.newSeriesLimit).map { "{\"name\":\"m\($0)\",\"value\":1}" }.joined(separator: "\n")
    #expect(fault(body, .lines) == "tooManyNewSeries")
  }
}
