import Runtime
import Testing

struct ProgramOptionsTests {
  private static let options = [
    ProgramOption("--database", "URL", environment: "DB", "The database."),
    ProgramOption("--shards", "N", default: "8", "How many."),
    ProgramOption("--json", nil, environment: "JSON", "A switch."),
    ProgramOption("--label", "K=V", environment: "LABEL", repeats: true, "Several."),
    ProgramOption("--color", "WHEN", environment: "COLOR", choices: ["always", "never"], "A choice."),
  ]

  private func parse(_ arguments: [String], _ environment: [String: String] = [:]) throws(UsageError) -> ProgramOptions
  {
    try ProgramOptions(arguments, Self.options, environment: { environment[$0] })
  }

  @Test func theFlagWinsOverTheEnvironmentAndThatOverTheDefault() throws {
    #expect(try parse([])["--database"] == nil)
    #expect(try parse([])["--shards"] == "8")
    #expect(try parse([], ["DB": "e"])["--database"] == "e")
    #expect(try parse(["--database", "f"], ["DB": "e"])["--database"] == "f")
    #expect(try parse(["--database=f=g"], ["DB": "e"])["--database"] == "f=g")
  }

  @Test func anEmptyVariableIsNone() throws {
    #expect(try parse([], ["DB": ""])["--database"] == nil)
  }

  @Test func whatIsNoFlagIsPositionalAndSoIsAllBehindTwoDashes() throws {
    let parsed = try parse(["a", "--json", "b", "--", "--nonsense"])
    #expect(parsed.positional == ["a", "b", "--nonsense"])
    #expect(parsed.isSet("--json"))
  }

  @Test(arguments: [
    (["--databse", "x"], "unknown flag '--databse': did you mean '--database'?"),
    (["--qqqqqqqqqq"], "unknown flag '--qqqqqqqqqq': known are --database, --shards, --json, --label, --color, --help"),
    (["--database"], "--database needs a value: --database URL"),
    (["--database", "--json"], "--database needs a value: --database URL"),
    (["--json=yes"], "--json takes no value"),
    (["--color", "blue"], "--color must be one of always, never, and is 'blue'"),
  ])
  func aMistakeIsNamedWithWhatWouldBeRight(arguments: [String], text: String) {
    let error = #expect(throws: UsageError.self) { try parse(arguments) }
    #expect(error?.description == text)
  }

  @Test func aProgramThatPassesOnNoticesASlipInItsOwnFlags() {
    let error = #expect(throws: UsageError.self) {
      try ProgramOptions(["--jsn", "-c", "x"], Self.options, passesOn: true, environment: { _ in nil })
    }
    #expect(error?.description == "unknown flag '--jsn': did you mean '--json'?")
  }

  @Test func aVariableWithAWrongValueIsNamed() {
    for (variables, text) in [
      (["COLOR": "blue"], "COLOR must be one of always, never, and is 'blue'"),
      (["JSON": "maybe"], "JSON must be true or false, and is 'maybe'"),
    ] {
      let error = #expect(throws: UsageError.self) { try parse([], variables) }
      #expect(error?.description == text)
    }
  }

  @Test(arguments: ["0", "9", "x", "1.5", "", "99999999999999999999"])
  func aNumberOutOfItsRangeIsRefused(text: String) throws {
    let parsed = try parse(["--shards", text])
    let error = #expect(throws: UsageError.self) { try parsed.integer("--shards", in: 1...8) }
    #expect(error?.description == "--shards must be a whole number from 1 to 8, and is '\(text)'")
  }

  @Test func aRepeatedFlagKeepsAllItsValuesAndAnotherItsLast() throws {
    let parsed = try parse(["--label", "a=1", "--shards", "1", "--label=b=2", "--shards", "2"])
    #expect(parsed.all("--label") == ["a=1", "b=2"])
    #expect(parsed["--label"] == "b=2")
    #expect(parsed.all("--shards") == ["2"])
    #expect(parsed.all("--database") == [])
  }

  @Test func flagsReplaceWhatTheEnvironmentSaysOfARepeatedOne() throws {
    #expect(try parse([], ["LABEL": "e=0"]).all("--label") == ["e=0"])
    #expect(try parse(["--label", "a=1"], ["LABEL": "e=0"]).all("--label") == ["a=1"])
  }

  @Test func whatStoodOnTheCommandLineIsKnown() throws {
    let parsed = try parse(["--shards", "8"], ["DB": "e"])
    #expect(parsed.isGiven("--shards"))
    #expect(!parsed.isGiven("--database"))
  }

  @Test(arguments: [
    ("1", true), ("true", true), ("YES", true), ("on", true), ("0", false), ("false", false), ("no", false),
    ("off", false), ("", false),
  ])
  func aVariableTurnsASwitchOnAndOff(text: String, isSet: Bool) throws {
    #expect(try parse([], ["JSON": text]).isSet("--json") == isSet)
  }

  @Test(arguments: [
    ["-c", "SELECT 1", "--json"], ["name", "--json"], ["--nonsense"], ["x", "-h"],
  ])
  func aProgramThatPassesOnTakesNothingBehindItsOwnFlags(arguments: [String]) throws {
    for lead in [["--shards", "2"], ["--shards", "2", "--"]] {
      let parsed = try ProgramOptions(lead + arguments, Self.options, passesOn: true, environment: { _ in nil })
      #expect(parsed.positional == arguments)
      #expect(parsed["--shards"] == "2")
      #expect(!parsed.wantsHelp && !parsed.isSet("--json"))
    }
  }

  @Test(arguments: [
    ("127.0.0.1:8080", "127.0.0.1", 8080, true), ("[::1]:0", "::1", 0, true), ("localhost:1", "localhost", 1, true),
    (":8080", "127.0.0.1", 8080, true), ("0.0.0.0:80", "0.0.0.0", 80, false), ("[::]:80", "::", 80, false),
  ])
  func listenAddressesAreHostAndPort(text: String, host: String, port: Int, isLoopback: Bool) throws {
    let address = try ListenAddress(text)
    #expect(address == ListenAddress(host: host, port: UInt16(port)))
    #expect(address.isLoopback == isLoopback)
  }

  @Test(arguments: ["", "8080", "localhost", "host:", "host:65536", "host:-1", "host:x"])
  func whatIsNoAddressIsRefused(text: String) {
    #expect(throws: UsageError.self) { try ListenAddress(text) }
  }
}
