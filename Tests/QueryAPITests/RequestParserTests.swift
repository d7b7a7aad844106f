import Events
import Queries
import QueryAPI
import Testing

@Suite struct RequestParserTests {
  private let parser = RequestParser(limits: QueryLimits())

  private func timeline(_ items: [(String, String)]) throws(QueryError) -> TimelineRequest {
    try parser.timeline(items.map { (name: $0.0, value: $0.1) }).question
  }

  /// The code and the text that a timeline with these parameters is refused with.
  private func refusal(_ items: (String, String)...) -> (QueryErrorCode, String)? {
    do throws(QueryError) {
      _ = try timeline(items)
      return nil
    } catch {
      guard case .invalid(let code, let detail) = error else { return nil }
      return (code, detail)
    }
  }

  @Test func aNameAloneAsksForMinutesAndAveragesOfEachSeries() throws {
    let request = try timeline([("name", "cpu")])
    #expect(request.selector.name == "cpu")
    #expect(request.selector.labels.isEmpty)
    #expect(request.step == .minute)
    #expect(request.aggregates == [.avg])
    #expect(request.grouping == .eachSeries)
    #expect(request.from == nil && request.to == nil)
  }

  @Test func everythingIsRead() throws {
    let request = try timeline([
      ("name", "cpu"), ("label.host", "a"), ("label.dc", ""), ("from", "2013-12-02T21:15:00Z"),
      ("to", "1386018900000"), ("step", "10m"), ("aggregate", "max,avg,max"), ("by", "region,host"),
    ])
    #expect(request.selector.labels.map(\.key) == ["dc", "host"])
    #expect(request.selector.labels.map(\.value) == ["", "a"])
    #expect(request.from == 1_386_018_900_000_000_000)
    #expect(request.to == request.from)
    #expect(request.step.seconds == "600s")
    #expect(request.aggregates == [.max, .avg])
    #expect(request.grouping == .byLabels(["region", "host"]))
  }

  @Test func byWithoutALabelIsOneLineForAll() throws {
    #expect(try timeline([("name", "cpu"), ("by", "")]).grouping == .byLabels([]))
  }

  @Test func timesAreRFC3339OrMilliseconds() throws {
    func from(_ text: String) throws(QueryError) -> Int64? { try timeline([("name", "x"), ("from", text)]).from }
    #expect(try from("0") == 0)
    #expect(try from("-1") == -1_000_000)
    #expect(try from("1970-01-01T00:00:00.000000001Z") == 1)
    #expect(try from("1970-01-01T01:00:00+01:00") == 0)
    // A plus sign that the client did not encode.
    #expect(try from("1970-01-01T01:00:00 01:00") == 0)
    #expect(try from("1969-12-31 23:00:00-01:00") == 0)
  }

  @Test(arguments: [
    ("ns", -1 as Int64), ("us", -1_000), ("ms", -1_000_000), ("s", -1_000_000_000), ("rfc3339", -1_000_000),
  ])
  func numbersCountWhatThePrecisionSays(_ precision: String, _ time: Int64) throws {
    let request = try parser.samples([("name", "x"), ("from", "-1"), ("to", "0"), ("precision", precision)])
    #expect(request.question.from == time)
    #expect(request.question.to == 0)
    #expect(request.precision.rawValue == precision)
    // Texts mean the same in each.
    let text = try parser.samples([("name", "x"), ("from", "1970-01-01T00:00:01Z"), ("precision", precision)])
    #expect(text.question.from == 1_000_000_000)
  }

  @Test func aNumberBeyondWhatThePrecisionHoldsIsRefused() {
    #expect(refusal(("name", "x"), ("from", "9223372037"), ("precision", "s"))?.0 == .invalidTime)
    #expect(refusal(("name", "x"), ("from", "9223372037"), ("precision", "s"))?.1.contains("Unix seconds") == true)
    #expect(refusal(("name", "x"), ("from", "9223372036"), ("precision", "s")) == nil)
    #expect(refusal(("name", "x"), ("from", "1.5"), ("precision", "ns"))?.1.contains("Unix nanoseconds") == true)
    #expect(refusal(("name", "x"), ("precision", "minutes"))?.0 == .invalidParameter)
  }

  @Test(arguments: ["yesterday", "", "2013-13-01T00:00:00Z", "1.5", "9223372036854775807", "3000-01-01T00:00:00Z"])
  func whatIsNoTimeIsRefused(_ text: String) {
    let refused = refusal(("name", "x"), ("from", text))
    #expect(refused?.0 == .invalidTime)
    #expect(refused?.1.contains("RFC 3339") == true)
    #expect(refused?.1.contains("from=") == true)
  }

  @Test func fromAfterToIsRefused() {
    #expect(refusal(("name", "x"), ("from", "2"), ("to", "1"))?.0 == .invalidRange)
    #expect(refusal(("name", "x"), ("from", "2"), ("to", "2")) == nil)
  }

  @Test func theNameIsRequired() {
    #expect(refusal()?.0 == .missingParameter)
    #expect(refusal(("name", ""))?.0 == .missingParameter)
    #expect(refusal()?.1.contains("name=METRIC") == true)
  }

  @Test(arguments: ["zone", "cursor", "limit", "label.", "Name", "labels"])
  func anUnknownParameterIsRefusedWithTheKnownOnes(_ name: String) {
    let refused = refusal(("name", "x"), (name, "1"))
    #expect(refused?.0 == .unknownParameter)
    #expect(refused?.1.contains("\"\(name)\"") == true)
    for known in ["aggregate", "after", "by", "from", "label.NAME", "name", "precision", "step", "to", "tz", "wait"] {
      #expect(refused?.1.contains(known) == true)
    }
  }

  @Test func otherPathsKnowOtherParameters() throws {
    #expect(throws: QueryError.self) { try parser.samples([("name", "x"), ("step", "1m")]) }
    #expect(throws: QueryError.self) { try parser.series([("name", "x"), ("from", "1")]) }
    #expect(throws: QueryError.self) { try parser.metrics([("name", "x")]) }
    #expect(throws: QueryError.self) { try parser.nothing([("name", "x")]) }
    try parser.nothing([])
    #expect(try parser.samples([("name", "x"), ("label.a", "1"), ("to", "5")]).question.to == 5_000_000)
    #expect(try parser.latest([("name", "x"), ("label.a", "1")]).question.selector.labels.count == 1)
  }

  @Test func aParameterGivenTwiceIsRefused() {
    #expect(refusal(("name", "x"), ("name", "y"))?.0 == .duplicateParameter)
    #expect(refusal(("name", "x"), ("label.a", "1"), ("label.a", "2"))?.0 == .duplicateParameter)
  }

  @Test(arguments: [
    "0m", "60s", "1s", "1.5m", "-1m", "", "m", "10", "99999999999999999999m", "1w", "9999d", "44641m", "1441m0",
  ])
  func aStepThatIsNotInWholeMinutesIsRefused(_ step: String) {
    let refused = refusal(("name", "x"), ("step", step))
    #expect(refused?.0 == .invalidStep)
    #expect(refused?.1.contains("10m") == true)
  }

  @Test(arguments: [
    ("minute", 1), ("hour", 60), ("day", 1_440), ("1m", 1), ("10m", 10), ("90m", 90), ("6h", 360), ("1d", 1_440),
    ("3660d", 5_270_400),
  ])
  func stepsAreMinutesHoursAndDays(_ text: String, _ minutes: Int64) throws {
    #expect(try timeline([("name", "x"), ("step", text)]).step.minutes == minutes)
  }

  @Test func aZoneGoesWithDaysOnly() throws {
    for step in ["day", "1d"] {
      let request = try timeline([("name", "x"), ("step", step), ("tz", "Asia/Kathmandu")])
      #expect(request.zone?.text == "Asia/Kathmandu")
    }
    for step in ["hour", "24m", "2d", "minute"] {
      let refused = refusal(("name", "x"), ("step", step), ("tz", "UTC"))
      #expect(refused?.0 == .invalidStep)
      #expect(refused?.1.contains("step=day") == true)
    }
    #expect(refusal(("name", "x"), ("tz", "UTC"))?.0 == .invalidStep)
    #expect(refusal(("name", "x"), ("step", "day"), ("tz", ""))?.0 == .unknownZone)
    #expect(throws: QueryError.self) { try parser.samples([("name", "x"), ("tz", "UTC")]) }
  }

  @Test(arguments: ["median", "", "avg,", "avg,p99", "AVG"])
  func anUnknownAggregateIsRefusedWithTheKnownOnes(_ list: String) {
    let refused = refusal(("name", "x"), ("aggregate", list))
    #expect(refused?.0 == .invalidAggregate)
    #expect(refused?.1.contains("avg, sum, count, min, max, first, last") == true)
  }

  @Test func anEmptyLabelAmongOthersIsRefused() {
    #expect(refusal(("name", "x"), ("by", "a,,b"))?.0 == .invalidParameter)
  }

  @Test func aZeroByteIsRefused() {
    #expect(refusal(("name", "a\0b"))?.0 == .invalidParameter)
    #expect(refusal(("name", "a"), ("label.x", "\0"))?.0 == .invalidParameter)
  }

  // MARK: after and wait

  private func token(_ positions: [(Int, Int64)], generation: Int32 = 1) -> PositionToken {
    PositionToken(
      storeHigh: 1, storeLow: 2, generation: generation,
      positions: positions.map { ShardPosition(shard: $0.0, position: $0.1) })
  }

  @Test func severalTokensAreOne() throws {
    let request = try parser.metrics([
      ("after", token([(0, 5), (1, 1)]).description), ("after", token([(0, 3), (2, 7)]).description), ("wait", "500ms"),
    ])
    #expect(request.after?.token == token([(0, 5), (1, 1), (2, 7)]))
    #expect(request.after?.wait == .milliseconds(500))
  }

  @Test func withoutWaitTheDefaultHolds() throws {
    let request = try parser.metrics([("after", token([(0, 5)]).description)])
    #expect(request.after?.wait == QueryLimits().defaultWait)
  }

  @Test func aDamagedTokenIsRefused() {
    let whole = token([(0, 5)]).description
    for text in ["", "x", String(whole.dropLast()), whole + "A", "é"] {
      #expect(refusal(("name", "x"), ("after", text))?.0 == .invalidToken)
    }
  }

  @Test func tokensOfTwoStoresAreRefused() {
    let (one, other) = (token([(0, 5)]), token([(0, 5)], generation: 2))
    #expect(refusal(("name", "x"), ("after", one.description), ("after", other.description))?.0 == .otherGeneration)
  }

  @Test(arguments: ["2", "s", "1h", "-1s", "", "31s", "99999999999999999m"])
  func whatIsNoWaitIsRefused(_ text: String) {
    let token = token([(0, 1)]).description
    #expect(refusal(("name", "x"), ("after", token), ("wait", text))?.0 == .invalidParameter)
  }

  @Test func waitWithoutATokenIsRefused() {
    #expect(refusal(("name", "x"), ("wait", "1s"))?.0 == .missingParameter)
  }
}
