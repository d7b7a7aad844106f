import Testing

/// What `daybook` says to the command lines that people type.
struct CommandLineTests {
  @Test(arguments: [
    (["projecter"], "unknown subcommand 'projecter': did you mean 'projector'?"),
    (["up", "--hom", "x"], "unknown flag '--hom': did you mean '--home'?"),
    (["command", "--command-listen", "nowhere"], "is no address to listen on: write HOST:PORT"),
    (["query", "--query-listen", "0.0.0.0:0"], "say --allow-anonymous"),
    (["up", "--without", "postgres"], "unknown program 'postgres'"),
    (["bench", "fly"], "unknown scenario 'fly'"),
    (["up", "--log-level", "loud"], "--log-level must be one of trace, debug, info, warning, error"),
    (["bench"], "ingest|project|query|append|relay|freshness|series is missing"),
    (["status", "now"], "unexpected argument 'now'"),
    (["--vresion"], "unknown flag '--vresion': did you mean '--version'?"),
    (["help", "upp"], "unknown subcommand 'upp': did you mean 'up'?"),
  ])
  func aMistakeEndsWithTwoAndSaysWhatWouldBeRight(arguments: [String], text: String) throws {
    let result = try ProgramRun.daybook(arguments)
    #expect(result.status == 2)
    #expect(result.error.contains(text), "\(result.error)")
    #expect(result.error.contains("--help"))
  }

  @Test func withoutAClusterProgramsSayHowToStartOne() throws {
    let result = try ProgramRun.daybook(["command", "--home", "/nonexistent", "--command-listen", "127.0.0.1:0"])
    #expect(result.status == 1)
    #expect(result.error.contains("start `daybook up` there first, or give --database"), "\(result.error)")
  }
}
