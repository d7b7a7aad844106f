import Foundation
import HTTPClient
import TestSupport
import Testing

/// `daybook sql` against a Daybook that runs.
struct SQLProgramTests {
  @Test func itIsPsqlInTheReadersRole() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    func sql(_ arguments: [String], input: String = "") throws -> ProgramRun {
      try ProgramRun.daybook(["sql"] + arguments, input: input, environment: ["DAYBOOK_HOME": daybook.home])
    }
    let answer = try sql([
      "-At", "-c", "SELECT current_user, 'it''s \"so\" \\ …'\n, $$a  b$$", "-c", "SHOW statement_timeout",
    ])
    #expect(answer.output == "daybook_reader|it's \"so\" \\ …|a  b\n5min\n")
    #expect(answer.status == 0 && answer.error.isEmpty, "\(answer.error)")
    #expect(try sql(["--", "--csv", "-c", "SELECT 1 AS a"]).output == "a\n1\n")
    #expect(try sql(["-At"], input: "SELECT 1; SELECT 2;").output == "1\n2\n")
    // Without a name of a schema it is the views that are meant.
    #expect(try sql(["-At", "-c", "SELECT count(*) FROM metrics"]).output == "0\n")

    let refused = try sql(["-c", "SELECT * FROM daybook_events.events"])
    #expect(refused.status == 1)
    #expect(refused.error.contains("permission denied for schema daybook_events"))
    #expect(try sql(["-v", "ON_ERROR_STOP=1"], input: "SELECT 1/0;").status == 3)

    let owner = try sql(["--owner", "-At", "-c", "SELECT current_user, count(*) >= 0 FROM daybook_events.events"])
    #expect(owner.output == "daybook_owner|t\n", "\(owner.error)")
    #expect(try sql(["--owner", "--events", "-At", "-c", "SELECT 1"]).output == "1\n")
  }

  /// As with a Postgres of one's own: who logs in is somebody else, and takes the reader's role and limits on.
  @Test func aUrlsPasswordIsNotInTheListOfProcessesAndItsUserBecomesTheReader() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let pointer = try String(contentsOfFile: "\(daybook.home)/cluster", encoding: .utf8)
    let socket = try #require(pointer.firstMatch(of: /socket=(.+)/)?.1)
    let run = try ProgramRun.daybook(
      [
        "sql", "-At", "-c", "SELECT current_user, session_user", "-c", "SHOW statement_timeout",
        "-c", "SHOW default_transaction_read_only", "-c", "SHOW search_path", "-c", "SHOW application_name",
        "-c", #"\! tr '\0' ' ' < /proc/$PPID/cmdline; echo; printenv PGPASSWORD"#,
      ],
      environment: ["DAYBOOK_READ_DATABASE": "host=\(socket) user=daybook_owner dbname=daybook password='se cr\\'et'"])
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(
      Array(lines.prefix(5)) == ["daybook_reader|daybook_owner", "5min", "on", "daybook", "daybook sql"], "\(run.error)"
    )
    #expect(lines.last == "se cr'et")
    #expect(lines.count == 7 && lines[5].contains("dbname='daybook'") && !lines[5].contains("se cr"), "\(lines)")
  }

  @Test(arguments: [
    (["--ownr", "-c", "SELECT 1"], Int32(2), "unknown flag '--ownr': did you mean '--owner'?"),
    (["--events"], 2, "--events goes with --owner"),
    (["--home", "/nonexistent", "-c", "SELECT 1"], 1, "start `daybook up` there first, or give --database"),
    (["--database", "nonsense="], 1, "expected key=value pairs or postgresql://user@host:port/database"),
    (
      ["--database", "host=/tmp sslpassword=x"], 1,
      "its sslpassword would be seen by everybody in the list of processes"
    ),
    (["--database", "host=/nonexistent"], 2, "No such file or directory"),
  ])
  func aMistakeIsNamed(arguments: [String], status: Int32, text: String) throws {
    let run = try ProgramRun.daybook(["sql"] + arguments)
    #expect(run.status == status)
    #expect(run.error.contains(text), "\(run.error)")
  }

  /// docs/SQL.md is true: each of its queries answers as it says, of the samples that it names.
  @Test func theQueriesOfTheDocumentAnswerAsWritten() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let lines = Self.samplesOfTheDocument
    let posted = try HTTPClient(daybook.command).send(
      "POST", "/write", body: Array(lines.joined(separator: "\n").utf8))
    #expect(posted.status == 204, "\(posted.text)")
    func sql(_ query: String, _ flags: [String] = []) throws -> String {
      let run = try ProgramRun.daybook(["sql"] + flags + ["-c", query], environment: ["DAYBOOK_HOME": daybook.home])
      return run.error.isEmpty ? run.output : run.error
    }
    try waitUntil(deadline: .seconds(60), "the fold") {
      try sql("SELECT sum(samples) FROM daybook.hours", ["-At"]) == "\(lines.count)\n"
    }
    let document = try String(contentsOf: RepositoryFile.url("docs/SQL.md"), encoding: .utf8)
    let examples = document.matches(of: /```sql\n([^`]+)```\n```text\n([^`]+)```/)
    #expect(examples.count == 5 && document.split(separator: "```sql").count == 6)
    for example in examples {
      let answer = try sql(String(example.1))
      #expect(Self.trimmed(answer) == Self.trimmed(String(example.2)), "\(example.1)")
    }
    // The condition that it recommends is one that the index knows.
    let condition = try #require(document.firstMatch(of: /`AND (hour_number [^`]+)`/)?.1)
    let plan = try sql(
      "SET enable_seqscan = off; EXPLAIN SELECT avg FROM daybook.hours WHERE series_id = 1 AND \(condition)")
    #expect(plan.matches(of: /Index Cond: .*hour >=/).count == 1, "\(plan)")
  }

  /// Three hosts, every half hour of two days.
  private static var samplesOfTheDocument: [String] {
    let start = 1_793_577_600  // 2026-11-02T00:00:00Z
    return (0..<96).flatMap { number -> [String] in
      let (day, hour) = (number / 48, number % 48 / 2)
      let shape = hour < 8 ? 0 : hour < 18 ? 30 : 10
      return [("web1", "eu", 20), ("web2", "eu", 30), ("db1", "us", 10)].compactMap { host, region, base in
        if host == "web2", number > 48 + 35 { return nil }
        if host == "db1", day == 1, (4..<7).contains(hour) { return nil }
        return
          "cpu_busy,host=\(host),region=\(region) value=\(base + shape + 10 * day) \(start + 1_800 * number)000000000"
      }
    }
  }

  /// Without the blanks at the ends of lines, which psql prints and documents do not have.
  private static func trimmed(_ text: String) -> [String] {
    text.split(separator: "\n").map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
  }
}
