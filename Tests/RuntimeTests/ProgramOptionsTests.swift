import Runtime
import Testing

struct ProgramOptionsTests {
  private static let options = [
    ProgramOption("--database", "URL", environment: "DB", "The database."),
    ProgramOption("--shards", "N", default: "8", "How many."),
    ProgramOption("--json", nil, "A switch."),
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
    (["--qqqqqqqqqq"], "unknown flag '--qqqqqqqqqq': known are --database, --shards, --json, --help"),
    (["--database"], "--database needs a value: --database URL"),
    (["--json=yes"], "--json takes no value"),
  ])
  func aMistakeIsNamedWithWhatWouldBeRight(arguments: [String], text: String) {
    let error = #expect(throws: UsageError.self) { try parse(arguments) }
    #expect(error?.description == text)
  }

  @Test(arguments: ["0", "9", "x", "1.5", "", "99999999999999999999"])
  func aNumberOutOfItsRangeIsRefused(text: String) throws {
    let parsed = try parse(["--shards", text])
    let error = #expect(throws: UsageError.self) { try parsed.integer("--shards", in: 1...8) }
    #expect(error?.description == "--shards must be a whole number from 1 to 8, and is '\(text)'")
  }

  @Test func helpNamesFlagVariableAndDefault() {
    let help = ProgramOptions.help(Self.options)
    for text in ["--database URL", "[DB]", "--shards N", "[default 8]", "--json", "A switch."] {
      #expect(help.contains(text))
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
