import Foundation
import Glibc
import HTTPClient
import JSON
import Kafka
import KafkaTestSupport
import Postgres
import PostgresCluster
import Runtime
import TestSupport
import Testing

/// `daybook status` against real services.
struct StatusTests {
  private struct Run {
    let status: Int32
    let output: String
    let error: String
  }

  private static func environment(_ daybook: RunningDaybook, _ more: [String: String] = [:]) -> [String: String] {
    [
      "PATH": "/usr/bin:/bin", "DAYBOOK_COMMAND_LISTEN": "\(daybook.command)",
      "DAYBOOK_QUERY_LISTEN": "\(daybook.query)", "DAYBOOK_PROJECTOR_LISTEN": "\(daybook.projector)",
    ].merging(more) { $1 }
  }

  private static func status(
    _ daybook: RunningDaybook, _ arguments: [String] = [], _ more: [String: String] = [:]
  ) throws -> Run {
    let process = Process()
    let (output, error) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: try RunningDaybook.executablePath())
    process.arguments = ["status"] + arguments
    process.environment = environment(daybook, more)
    process.standardOutput = output
    process.standardError = error
    try process.run()
    let texts = [output, error].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    process.waitUntilExit()
    return Run(status: process.terminationStatus, output: texts[0], error: texts[1])
  }

  /// Posts and waits until it is in the rows.
  private static func post(_ daybook: RunningDaybook, _ samples: Int = 1) throws {
    let time = WallClock.now
    let lines = (0..<samples).map { "status,n=\($0) v=1 \(time)\n" }.joined()
    let write = try HTTPClient(daybook.command).send("POST", "/write", body: Array(lines.utf8))
    #expect(write.status == 204)
    let token = try #require(write.header("daybook-position"))
    let read = try HTTPClient(daybook.query).send("GET", "/v1/metrics?after=\(token)&wait=20s")
    #expect(read.status == 200)
  }

  @Test func aTableShowsServicesAndProjections() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try Self.post(daybook)
    let run = try Self.status(daybook)
    #expect(run.status == 0, "\(run.error)")
    let lines = run.output.split(separator: "\n")
    for (name, address) in [("command", daybook.command), ("projector", daybook.projector), ("query", daybook.query)] {
      let line = lines.first { $0.hasPrefix("\(name) ") }.map { $0.split(separator: " ").map(String.init) }
      #expect(line?.prefix(4) == [name, "http://\(address)", "ready", "0.1.0"], "\(run.output)")
    }
    for projection in ["timeline", "catalogue"] {
      let line = lines.first { $0.hasPrefix("\(projection) ") }.map { $0.split(separator: " ").map(String.init) }
      // Name, build, version, active, events behind, seconds behind, position.
      #expect(line?[2...5] == ["1", "active", "0", "0"], "\(run.output)")
      #expect(line?.suffix(4) == ["2", "in", "8", "shards"], "\(run.output)")
    }
    #expect(run.output.contains("generation 1 with 8 shards\nevents "))
    #expect(run.output.contains(" on disk\n"))
  }

  @Test func jsonIsOneObjectWithAllOfIt() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try Self.post(daybook)
    let run = try Self.status(daybook, ["--json"])
    #expect(run.status == 0)
    #expect(run.output.filter { $0 == "\n" }.count == 1)
    let parser = JSONParser()
    let root = try parser.parse(Array(run.output.utf8)).root
    withExtendedLifetime(parser) {
      let services = root["services"]?.elements.map(Array.init) ?? []
      #expect(services.map { $0["name"]?.string } == ["command", "projector", "query"])
      #expect(services.allSatisfy { $0["status"]?.string == "pass" && ($0["uptime"]?.double ?? 0) > 0 })
      #expect(root["store"]?["projections"]?.elements.map(Array.init)?.count == 2)
      #expect((root["store"]?["storage"]?["events"]?.int64 ?? 0) > 0)
      #expect((root["store"]?["storage"]?["readModels"]?.int64 ?? 0) > 0)
      #expect(root["rates"] == nil)
    }
  }

  @Test func whatIsAwayOrNotReadyIsSaidAndEndsWithOne() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let nowhere = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    let run = try Self.status(daybook, [], ["DAYBOOK_PROJECTOR_LISTEN": "\(nowhere)"])
    #expect(run.status == 1)
    #expect(run.output.contains("http://\(nowhere)  away"), "\(run.output)")
    #expect(run.output.contains("start it ('daybook up' starts all), or say where it is: --projector-url"))
    // Named by a URL, it is found again.
    let named = try Self.status(
      daybook, ["--projector-url", "http://\(daybook.projector)"], ["DAYBOOK_PROJECTOR_LISTEN": "\(nowhere)"])
    #expect(named.status == 0, "\(named.output)")
    let blind = try Self.status(daybook, [], ["DAYBOOK_QUERY_LISTEN": "\(nowhere)"])
    #expect(blind.status == 1)
    #expect(blind.output.contains("The projections are not known: "), "\(blind.output)")
    #expect(blind.output.contains("command    http://\(daybook.command)"), "\(blind.output)")
  }

  @Test func aShardThatStandsStillHasALineWithWhatToDo() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try Self.post(daybook)
    // Of the one shard that has events.
    let owner = try PostgresConnection(try PostgresCluster.find(home: daybook.home), application: "tests")
    try owner.execute("UPDATE daybook_events.shards SET hash = sha256(hash) WHERE position > 0")
    var run = try Self.status(daybook)
    try waitUntil("the line, and a projector that says why it is not ready") {
      run = try Self.status(daybook)
      return run.output.contains("\ncannot read shard ") && run.output.contains("stands still before event 3")
    }
    let lines = run.output.split(separator: "\n").filter { $0.hasPrefix("cannot read shard ") }
    #expect(lines.count == 1, "\(run.output)")
    #expect(lines.first?.contains(" on from event 3: the event store was restored or changed: ") == true)
    #expect(lines.first?.contains("run daybook migrate --restored") == true)
    #expect(run.status == 1)
  }

  @Test func theRelaysTopicHasALineAndShardsThatAreBehindHaveOne() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try Self.post(daybook)
    #expect(try !Self.status(daybook).output.contains("topic"))
    let owner = try PostgresConnection(try PostgresCluster.find(home: daybook.home), application: "tests")
    try owner.execute(
      """
      INSERT INTO daybook_events.relay_cursors (topic, shard, generation, position, epoch, updated_at, hash)
      SELECT 'daybook.events', shard, 1, position, 1, 0, hash FROM daybook_events.shards
      """)
    func words(_ run: Run, _ prefix: String) -> [String]? {
      run.output.split(separator: "\n").first { $0.hasPrefix(prefix) }.map { $0.split(separator: " ").map(String.init) }
    }
    var run = try Self.status(daybook)
    #expect(words(run, "daybook.events ") == ["daybook.events", "0", "0", "2", "in", "8", "shards"], "\(run.output)")
    #expect(!run.output.contains("relay behind"), "\(run.output)")
    #expect(run.status == 0 && !run.output.contains("\nrelay"), "no Kafka is configured: \(run.output)")
    // All shards, on demand.
    run = try Self.status(daybook, ["--shards"])
    #expect(run.output.contains("\nshard  head  relay behind  catalogue behind  timeline behind\n"), "\(run.output)")
    #expect(words(run, "7 ") != nil)
    let shard = try owner.query(sql: "SELECT shard FROM daybook_events.shards WHERE position > 0").int32(0, 0)
    #expect(words(run, "\(shard) ") == ["\(shard)", "2", "0", "0", "0"], "\(run.output)")
    // Behind and standing still: that one.
    try owner.execute("UPDATE daybook_events.relay_cursors SET position = 0 WHERE shard = \(shard)")
    try waitUntil("more than a second behind") {
      run = try Self.status(daybook)
      return run.output.contains("relay behind")
    }
    #expect(words(run, "daybook.events ")?[1] == "2", "\(run.output)")
    #expect(words(run, "\(shard) ")?.prefix(3) == ["\(shard)", "2", "2"], "\(run.output)")
    #expect(words(run, "\(shard) ")?.suffix(3) == ["s)", "0", "0"], "\(run.output)")
    #expect(words(run, shard == 7 ? "6 " : "7 ") == nil, "\(run.output)")
    try owner.execute(
      "UPDATE daybook_events.relay_cursors SET problem = 'it does not fit; mend it' WHERE shard = \(shard)")
    run = try Self.status(daybook)
    #expect(run.output.contains("s), stands still"), "\(run.output)")
    #expect(run.output.hasSuffix("\nit does not fit; mend it\n"), "\(run.output)")
  }

  @Test func theRelayIsAskedWhereThereIsKafka() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let relay = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    let kafka = ["DAYBOOK_KAFKA": try TestBroker.settings().servers, "DAYBOOK_RELAY_LISTEN": "\(relay)"]
    let away = try Self.status(daybook, [], kafka)
    #expect(away.status == 1)
    #expect(away.output.contains("relay      http://\(relay)  away"), "\(away.output)")
    #expect(away.output.contains("or say where it is: --relay-url"), "\(away.output)")
    let topic = try TestBroker.topic()
    let processID = try daybook.startProgram(["relay", "--kafka-topic", topic], settings: kafka)
    defer {
      kill(processID, SIGTERM)
      waitpid(processID, nil, 0)
    }
    try Self.post(daybook)
    var run = away
    try waitUntil("a relay that has sent all") {
      run = try Self.status(daybook, [], kafka)
      return run.status == 0 && run.output.contains("\n\(topic)  0              0               2 in 8 shards\n")
    }
    #expect(run.output.contains("\nrelay      http://\(relay)  ready"), "\(run.output)")
    // By its URL it is found without Kafka's address.
    run = try Self.status(daybook, ["--json", "--relay-url", "http://\(relay)"])
    #expect(run.output.contains("{\"name\":\"relay\",\"url\":\"http://\(relay)\",\"status\":\"pass\""), "\(run.output)")
    #expect(run.output.contains("\"relay\":[{\"topic\":\"\(topic)\",\"position\":2,"), "\(run.output)")
    // Its rate and lag stand in the line of each look.
    let folder = TemporaryFolder()
    let log = open(folder.path + "/watch", O_WRONLY | O_CREAT, 0o644)
    defer { close(log) }
    let watch = try Spawner.shared.start(
      [try RunningDaybook.executablePath(), "status", "--watch", "--every", "1"],
      environment: Self.environment(daybook, kafka), log: log)
    try waitUntil("a rate") {
      try Self.post(daybook)
      return try String(contentsOfFile: folder.path + "/watch", encoding: .utf8).split(separator: "\n").contains {
        $0.contains(" command=pass relay=pass projector=pass ") && $0.contains(" relay_lag_events=")
          && $0.contains(" relay_lag_seconds=") && $0.contains(" relayed_per_second=")
          && !$0.contains(" relayed_per_second=0 ")
      }
    }
    kill(watch, SIGINT)
    waitpid(watch, nil, 0)
  }

  @Test func watchingWritesALineALookAndEndsCleanWithASignal() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try Self.post(daybook)
    let folder = try RunningDaybook.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/watch.txt"
    let log = open(path, O_WRONLY | O_CREAT, 0o644)
    defer { close(log) }
    let processID = try Spawner.shared.start(
      [try RunningDaybook.executablePath(), "status", "--watch", "--every", "1"],
      environment: Self.environment(daybook), log: log)
    func lines() throws -> [Substring] {
      try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }
    func wait(_ what: String, _ condition: () throws -> Bool) throws {
      let deadline = MonotonicClock.deadline(after: .seconds(30))
      while !(try condition()) {
        guard MonotonicClock.now < deadline else { throw SystemTestError("\(what): \(try lines())") }
        MonotonicClock.sleep(for: .milliseconds(20))
      }
    }
    try wait("the first line") { try lines().count >= 1 }
    #expect(try lines()[0].contains(" command=pass projector=pass query=pass lag_events=0 lag_seconds=0 event_bytes="))
    // Rates come with the second look. A thousand samples are posted until a look sees them.
    try wait("a rate") {
      try Self.post(daybook, 1_000)
      return try lines().contains { line in
        let word = line.split(separator: " ").first { $0.hasPrefix("samples_per_second=") }
        return word.flatMap { Double($0.dropFirst("samples_per_second=".count)) }.map { $0 > 100 } ?? false
      }
    }
    kill(processID, SIGINT)
    var status: Int32 = 0
    waitpid(processID, &status, 0)
    #expect(status == 0)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(!text.contains("\u{1B}"), "no terminal: nothing is drawn")
    #expect(text.hasSuffix("\n"))
  }

  @Test func onATerminalTheTableIsDrawnAgainInItsPlace() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    // A pseudo-terminal as posix_openpt(3) and its companions make it, which Swift does not see (ioctl_tty(2)).
    let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    defer { close(terminal) }
    var (number, lock): (Int32, Int32) = (0, 0)
    #expect(ioctl(terminal, 0x4004_5431, &lock) == 0, "TIOCSPTLCK: errno \(errno)")
    #expect(ioctl(terminal, 0x8004_5430, &number) == 0, "TIOCGPTN: errno \(errno)")
    let own = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    let processID = try Spawner.shared.start(
      [try RunningDaybook.executablePath(), "status", "--watch", "--every", "1"],
      environment: Self.environment(daybook), log: own)
    close(own)
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let deadline = MonotonicClock.deadline(after: .seconds(30))
    while text.components(separatedBy: "\u{1B}[H").count < 3, MonotonicClock.now < deadline {
      var entry = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 1_000) > 0 else { continue }
      let count = read(terminal, &buffer, buffer.count)
      if count > 0 { text += String(decoding: buffer[..<count], as: UTF8.self) }
    }
    #expect(text.components(separatedBy: "\u{1B}[H").count >= 3, "\(text)")
    #expect(text.contains("samples 0/s"), "\(text)")
    #expect(text.contains("\u{1B}[J"))
    kill(processID, SIGINT)
    var status: Int32 = 0
    waitpid(processID, &status, 0)
    #expect(status == 0)
  }
}
