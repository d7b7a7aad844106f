import Compression
import Foundation
import Glibc
import HTTPClient
import Runtime
import TestSupport
import Testing

/// `daybook send` as a user runs it, against the real services.
@Suite(.serialized) struct SendTests {
  private static let rows = 400_000

  /// Observed samples of one series at distinct times, whose values are known.
  private static func csv(_ rows: Int) -> [UInt8] {
    var text = "time,v\n"
    for row in 0..<rows { text += "\(1_600_000_000 + row),\(row % 97)\n" }
    return Array(text.utf8)
  }

  private func write(_ bytes: [UInt8], _ folder: TemporaryFolder, _ name: String = "input.csv") throws -> String {
    let path = folder.path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func expectEverySampleOnce(_ daybook: RunningDaybook, _ metric: String, _ rows: Int) throws {
    let reader = HTTPClient(daybook.query)
    try waitUntil(deadline: .seconds(60), "all samples of \(metric) are counted") {
      let buckets = try TimelineAnswer.buckets(
        reader, "name=\(metric)&aggregate=count,sum", from: 1_600_000_000_000,
        to: 1_600_000_000_000 + Int64(rows) * 1_000, stepMilliseconds: 86_400_000, step: "day")
      let count = buckets.values.reduce(0) { $0 + Int($1["count"] ?? 0) }
      #expect(count <= rows)
      let sum = buckets.values.reduce(0) { $0 + ($1["sum"] ?? 0) }
      let expected = (0..<rows).reduce(0) { $0 + $1 % 97 }
      return count > rows || count == rows && sum == Double(expected)
    }
  }

  @Test func killedAgainAndAgainAndResumedEverySampleIsThereOnce() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let folder = TemporaryFolder()
    let path = try write(Self.csv(Self.rows), folder)
    var random = SeededRandom()
    var arguments = ["--csv", path, "--name", "killed", "--time", "time", "--value", "v", "--mode", "observe"]
    var kills = 0
    for _ in 0..<40 {
      let run = try SendRun(daybook, arguments)
      // Not before something of this run is acknowledged, or has ended.
      let before = run.stateOffset(path)
      try waitUntil(deadline: .seconds(60), "the run gets on") { run.hasEnded || run.stateOffset(path) != before }
      MonotonicClock.sleep(for: .microseconds(Int64.random(in: 0...30_000, using: &random)))
      if kills < 8, !run.hasEnded {
        run.kill9()
        kills += 1
        if !arguments.contains("--resume") { arguments.append("--resume") }
        // Killed between the last answer and its note, it has no state any more.
        if run.stateOffset(path) == nil { break }
        continue
      }
      let result = try run.wait()
      #expect(result.status == 0, "\(result.error)")
      break
    }
    #expect(kills > 0)
    try expectEverySampleOnce(daybook, "killed", Self.rows)
  }

  @Test func aServiceThatIsKilledMeanwhileIsWaitedFor() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let folder = TemporaryFolder()
    let path = try write(Self.csv(Self.rows), folder)
    let arguments = ["--csv", path, "--name", "away", "--time", "time", "--value", "v", "--mode", "observe"]
    let run = try SendRun(daybook, arguments + ["--gzip", "--connections", "1", "--json"])
    var kills = 0
    for victim in ["daybook command", "/postgres ", "daybook command"] {
      let before = run.stateOffset(path)
      try waitUntil(deadline: .seconds(60), "the run gets on") { run.hasEnded || run.stateOffset(path) != before }
      if run.hasEnded { break }
      kill(try daybook.child(victim), SIGKILL)
      kills += 1
    }
    #expect(kills > 0)
    let result = try run.wait()
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("\"accepted\":\(Self.rows),"), "\(result.output)")
    try expectEverySampleOnce(daybook, "away", Self.rows)
  }

  @Test func whatWasSentIsReadBackAndTheSummarySaysWhatWasNot() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let folder = TemporaryFolder()
    let path = try write(Array("time,v\n2026-01-31 12:00:00,1.5\nrubbish,2\n".utf8), folder)
    let arguments = ["--csv", path, "--name", "room", "--time", "time", "--value", "v", "--label", "room=kitchen"]
    let first = try SendRun(daybook, arguments).wait()
    #expect(first.status == 3)
    #expect(first.output.contains("accepted") && first.output.contains("1 samples"), "\(first.output)")
    #expect(first.output.contains("line 3: the time is none"), "\(first.output)")
    // Sent twice it counts once.
    #expect(try SendRun(daybook, arguments).wait().status == 3)
    let reader = HTTPClient(daybook.query)
    try waitUntil("the sample can be read") {
      let answer = try reader.send("GET", "/v1/samples?name=room&from=0&to=1900000000000")
      return answer.text.contains("{\"room\":\"kitchen\"},\"time\":[1769860800000],\"value\":[1.5]")
    }
  }

  @Test func aPipeThatIsGivenAgainFromItsBeginningIsResumedByItsState() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let folder = TemporaryFolder()
    let lines = Array((0..<Self.rows).map { "piped value=\($0 % 97) \(1_600_000_000 + $0)\n" }.joined().utf8)
    let path = try write(Gzip.compress(lines), folder, "input.gz")
    let state = folder.path + "/piped"
    let arguments = [
      "--line", "-", "--precision", "s", "--state", state + ".daybook-send", "--mode", "observe", "--connections", "1",
    ]
    let first = try SendRun(daybook, arguments, input: path)
    let before = first.stateOffset(state)
    try waitUntil(deadline: .seconds(60), "the run gets on") { first.hasEnded || first.stateOffset(state) != before }
    #expect(!first.hasEnded)
    first.kill9()
    let result = try SendRun(daybook, arguments + ["--resume"], input: path).wait()
    #expect(result.status == 0, "\(result.error)")
    try expectEverySampleOnce(daybook, "piped", Self.rows)
    #expect(try SendRun(daybook, arguments + ["--resume"], input: path).wait().status == 1)
  }

  @Test func aMistakeOnTheCommandLineSendsNothing() throws {
    for (arguments, text) in [
      ([], "say what to send: one of --csv FILE, --ndjson FILE, --line FILE"),
      (["--csv", "x", "--line", "y"], "say what to send: one of"), (["--csv", "x"], "--time COLUMN is missing"),
      (["--csv", "x", "--time", "t"], "--value COLUMN is missing"),
      (["--csv", "x", "--time", "t", "--value", "v", "--label", "k"], "'k' is no label"),
      (["--csv", "x", "--time", "t", "--value", "v", "--delimiter", "ab"], "--delimiter must be one character"),
      (["--csv", "x", "--time", "t", "--value", "v", "--precision", "s"], "say --time-unit"),
      (["--csv", "x", "--time", "1", "--value", "2", "--no-header"], "--name METRIC is missing"),
      (["--line", "x", "--tz", "UTC"], "--tz goes with --csv only"),
      (["--line", "x", "--resume", "--restart"], "--resume and --restart are opposites"),
      (["--line", "x", "--retry-for", "5"], "'5' is no duration"),
      (["--line", "x", "--retry-for", "13h"], "at most 12h"),
      (["--line", "x", "--connections", "0"], "--connections must be a whole number from 1 to 64"),
      (["--line", "x", "--url", "http://me:secret@host"], "a URL must hold no user or password"),
      (["--line", "x", "--token-file", "/nonexistent"], "cannot read the token file /nonexistent"),
    ] as [([String], String)] {
      let result = try SendRun(nil, arguments).wait()
      #expect(result.status == 2, "\(arguments)")
      #expect(result.error.contains(text), "\(arguments): \(result.error)")
      #expect(!result.error.contains("secret"))
    }
  }

  @Test func aZoneThatIsNotThereIsRefused() throws {
    let folder = TemporaryFolder()
    let path = try write(Array("time,v\n".utf8), folder)
    for zone in ["Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "Europe"] {
      let result = try SendRun(nil, ["--csv", path, "--time", "time", "--value", "v", "--tz", zone]).wait()
      #expect(result.status != 0)
      #expect(result.error.contains("cannot find the time zone"), "\(result.error)")
    }
  }
}
