import ColumnCodec
import EventFeed
import Events
import Foundation
import Glibc
import HTTPClient
import Hashing
import Postgres
import PostgresCluster
import Runtime
import TestSupport
import Testing

/// `daybook backup` and `daybook restore`, with real clusters.
@Suite(.serialized) final class BackupTests {
  /// Holds homes and backups; open to Postgres' user, who owns the data of root's clusters.
  private let folder = TemporaryFolder()

  init() { chmod(folder.path, 0o755) }

  @Test func aBackupMadeUnderLoadHasAllThatWasAcknowledgedBeforeItBeganOnceEach() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let load = SteadyLoad(daybook.command, threads: 4)
    try waitUntil("load") { load.acknowledged > 300 }
    let (before, atStart) = (load.sent(), load.acknowledged)
    let backup = try tool(["backup", path("backup")], home: daybook.home)
    #expect(backup.wait() == 0, "\(backup.output)")
    #expect(load.acknowledged > atStart + 20, "commands have to go on meanwhile")
    let after = load.stop()
    #expect(backup.output.contains("generation 1 with 8 shards"), "\(backup.output)")
    #expect(daybook.stopProcesses() == 0)

    let restore = try tool(["restore", path("backup")], home: path("restored"))
    #expect(restore.wait() == 0, "\(restore.output)")
    let restored = try RunningDaybook(home: path("restored"))
    defer { restored.stop() }
    try checkLog(home: path("restored"))
    try waitUntilProjected(home: path("restored"))
    let reader = HTTPClient(restored.query)
    for (series, sent) in before.acknowledged {
      let found = try requests(of: series, reader)
      let most = after.acknowledged[series]?.lastRequest ?? 0
      #expect(found.keys.max() ?? 0 >= sent.lastRequest, "\(series): acknowledged before the backup and not in it")
      #expect(found.keys.max() ?? 0 <= most)
      // Each once: as many samples as were sent, and none left out before the last.
      for (request, samples) in found {
        #expect(samples == SteadyLoad.size(ofRequest: request), "\(series) \(request)")
      }
      let (first, last) = (found.keys.min() ?? 0, found.keys.max() ?? 0)
      #expect(first <= 5 && found.count == (last - first) / 5 + 1, "\(series) has a hole")
      let days = try TimelineAnswer.buckets(
        reader, "name=\(series)&aggregate=count,sum", from: 0, to: 86_400_000, stepMilliseconds: 86_400_000, step: "day"
      )
      let (count, sum) = found.reduce(into: (0, 0)) { $0 = ($0.0 + $1.value, $0.1 + $1.value * ($1.key % 100)) }
      #expect(days.values.map { $0["count"] ?? 0 } == [Double(count)])
      #expect(days.values.map { $0["sum"] ?? 0 } == [Double(sum)])
    }
    try checkTokens(restored, old: before.tokens)
    // What a client sends again because it does not know how it ended counts nothing twice.
    let name = "crash_0_1"
    let count = try requests(of: name, reader)[1]
    #expect(try post(restored, name: name, request: 1) == 201)
    #expect(try requests(of: name, reader)[1] == count)
  }

  @Test func aBackupIsMadeAndRestoredWhileNothingRunsAlsoAsAnOrdinaryUser() throws {
    let user: UInt32 = geteuid() == 0 ? 65_534 : .max
    for name in ["home", "backups"] {
      mkdir(path(name), 0o700)
      if user != .max { chown(path(name), user, user) }
    }
    let daybook = try RunningDaybook(home: path("home"), user: user, group: user)
    defer { daybook.stop() }
    #expect(try post(daybook, name: "quiet", request: 3) == 201)
    #expect(daybook.stopProcesses() == 0)
    let backup = try tool(["backup", path("backups/one")], home: path("home"), user: user)
    #expect(backup.wait() == 0, "\(backup.output)")
    let restore = try tool(["restore", path("backups/one")], home: path("backups/home"), user: user)
    #expect(restore.wait() == 0, "\(restore.output)")
    let restored = try RunningDaybook(home: path("backups/home"), user: user, group: user)
    defer { restored.stop() }
    try waitUntilProjected(home: path("backups/home"))
    #expect(try requests(of: "quiet", HTTPClient(restored.query)) == [3: SteadyLoad.size(ofRequest: 3)])
  }

  @Test func aDamagedBackupIsRefusedAndLeavesTheHomeWithoutData() throws {
    try makeBackup()
    let data = path("backup/postgres")
    let file = try largestFile(under: "\(data)/base")
    let bytes = try #require(FileManager.default.contents(atPath: file))
    var random = SeededRandom()
    var flipped = bytes
    let place = Int.random(in: 0..<bytes.count, using: &random)
    flipped[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    let damages: [(what: String, content: Data?)] = [
      ("byte \(place) of \(file)", flipped), ("cut", bytes.dropLast(1)), ("missing", nil),
    ]
    for damage in damages {
      try FileManager.default.removeItem(atPath: file)
      if let content = damage.content { try content.write(to: URL(fileURLWithPath: file)) }
      let restore = try tool(["restore", path("backup")], home: path("new"))
      #expect(restore.wait() == 1, "\(damage.what): \(restore.output)")
      #expect(restore.output.contains("the backup is damaged"), "\(damage.what): \(restore.output)")
      #expect(!exists("new/postgres") && !exists("new/postgres.new"), "\(damage.what)")
      try? FileManager.default.removeItem(atPath: file)
      try bytes.write(to: URL(fileURLWithPath: file))
    }
    // It was the damage, and nothing else.
    let restore = try tool(["restore", path("backup")], home: path("new"))
    #expect(restore.wait() == 0, "\(restore.output)")
    // Now there is data.
    let again = try tool(["restore", path("backup")], home: path("new"))
    #expect(again.wait() == 1)
    #expect(again.output.contains("there is data already"), "\(again.output)")
  }

  @Test func aNoteThatIsNotWhatBackupWroteIsRefused() throws {
    mkdir(path("strange"), 0o755)
    let cases: [(note: String?, text: String)] = [
      (nil, "cannot find a backup in"), ("format=2\nstate=complete\npostgres=15\n", "a newer daybook wrote it"),
      ("format=1\nstate=complete\npostgres=../../x\n", "expected what 'daybook backup' wrote"),
      ("format=1\nstate=complete\npostgres=15\nhead=1 2\n", "expected what 'daybook backup' wrote"),
      ("nonsense", "expected what 'daybook backup' wrote"),
      ("format=1\nstate=unfinished\npostgres=15\n", "never finished"),
      ("format=1\nstate=complete\npostgres=7\n", "expected a data folder of Postgres 7"),
    ]
    for (note, text) in cases {
      unlink(path("strange/daybook-backup"))
      if let note { try note.write(toFile: path("strange/daybook-backup"), atomically: false, encoding: .utf8) }
      let restore = try tool(["restore", path("strange")], home: path("nowhere"))
      #expect(restore.wait() == 1)
      #expect(restore.output.contains(text), "\(restore.output)")
    }
    #expect(!exists("nowhere/postgres"))
  }

  @Test func anInterruptedBackupIsRecognised() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    // Killed: what is there says that it is not whole.
    let killed = try tool(["backup", path("killed")], home: daybook.home)
    try waitUntil("the backup has begun") { exists("killed/daybook-backup") || killed.hasEnded }
    kill(killed.processID, SIGKILL)
    #expect(killed.wait() == -SIGKILL, "\(killed.output)")
    let restore = try tool(["restore", path("killed")], home: path("new"))
    #expect(restore.wait() == 1)
    #expect(restore.output.contains("holds a backup that was never finished"), "\(restore.output)")
    let again = try tool(["backup", path("killed")], home: daybook.home)
    #expect(again.wait() == 1)
    #expect(again.output.contains("holds a backup that was never finished"), "\(again.output)")
    // Stopped: nothing is left.
    let stopped = try tool(["backup", path("stopped")], home: daybook.home)
    try waitUntil("the backup has begun") { exists("stopped/daybook-backup") || stopped.hasEnded }
    kill(stopped.processID, SIGTERM)
    #expect(stopped.wait() == 1, "\(stopped.output)")
    #expect(stopped.output.contains("interrupted"), "\(stopped.output)")
    #expect(!exists("stopped"))
    // And the cluster takes another one: its few places for backups are free again.
    let third = try tool(["backup", path("third")], home: daybook.home)
    #expect(third.wait() == 0, "\(third.output)")
  }

  @Test func aRestoreThatWasKilledIsFinishedByTheNextUp() throws {
    let tokens = try makeBackup()
    let restore = try tool(["restore", path("backup")], home: path("new"))
    try waitUntil(deadline: .seconds(60), "the data is in place") {
      exists("new/postgres/daybook.restored") || restore.hasEnded
    }
    kill(restore.processID, SIGKILL)
    #expect(restore.wait() == -SIGKILL, "\(restore.output)")
    let restored = try RunningDaybook(home: path("new"))
    defer { restored.stop() }
    #expect(!exists("new/postgres/daybook.restored"))
    try checkTokens(restored, old: tokens)
    try waitUntilProjected(home: path("new"))
    #expect(try requests(of: "quiet", HTTPClient(restored.query)) == [3: SteadyLoad.size(ofRequest: 3)])
  }

  @Test func mistakesAreToldBeforeAnythingIsMade() throws {
    let cases: [(arguments: [String], status: Int32, text: String)] = [
      (["backup", path("a"), "--database", "postgresql://localhost/x"], 2, "migrate --restored"),
      (["restore", path("a"), "--database", "postgresql://localhost/x"], 2, "migrate --restored"),
      (["backup", path("a")], 1, "cannot find a cluster under"),
      (["restore", path("a")], 1, "cannot find a backup in"),
      (["backup"], 2, "DIR is missing"), (["restore"], 2, "DIR is missing"),
    ]
    for (arguments, status, text) in cases {
      let run = try tool(arguments, home: path("none"))
      #expect(run.wait() == status)
      #expect(run.output.contains(text), "\(run.output)")
    }
    #expect(!exists("a") && !exists("none"))
  }

  @Test func servicesThatRunWhenTheGenerationChangesBeginAnew() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let tokens = [try #require(try token(daybook, request: 3))]
    let command = try daybook.child("daybook command")
    let migrate = try tool(["migrate", "--restored"], home: daybook.home)
    #expect(migrate.wait() == 0, "\(migrate.output)")
    #expect(migrate.output.contains("read model timeline_b1 goes on where it stood"), "\(migrate.output)")
    // The one that does not know yet must not acknowledge anything under the old generation.
    var status = 0
    try waitUntil(deadline: .seconds(60), "samples are taken again") {
      status = (try? post(daybook, name: "quiet", request: 8)) ?? 0
      return status == 201
    }
    #expect(try daybook.child("daybook command") != command, "a new process took them")
    try checkTokens(daybook, old: tokens)
    try waitUntilProjected(home: daybook.home)
    #expect(try requests(of: "quiet", HTTPClient(daybook.query)).keys.sorted() == [3, 8])
  }

  // MARK: Pieces

  private func path(_ name: String) -> String { "\(folder.path)/\(name)" }
  private func exists(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

  private func tool(_ arguments: [String], home: String, user: UInt32 = .max) throws -> CommandRun {
    try CommandRun(
      [try RunningDaybook.executablePath()] + arguments, environment: ["DAYBOOK_HOME": home], user: user, group: user)
  }

  /// A backup in `backup` of a store with one request, made while nothing runs; the tokens of what is in it.
  @discardableResult
  private func makeBackup() throws -> [String] {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let token = try #require(try token(daybook, request: 3))
    #expect(daybook.stopProcesses() == 0)
    let backup = try tool(["backup", path("backup")], home: daybook.home)
    #expect(backup.wait() == 0, "\(backup.output)")
    return [token]
  }

  private func post(_ daybook: RunningDaybook, name: String, request: Int) throws -> Int {
    try send(daybook, name: name, request: request).status
  }

  private func token(_ daybook: RunningDaybook, request: Int) throws -> String? {
    let answer = try send(daybook, name: "quiet", request: request)
    #expect(answer.status == 201, "\(answer.text)")
    return answer.header("daybook-position")
  }

  /// As `SteadyLoad`'s thread 0 sends it.
  private func send(_ daybook: RunningDaybook, name: String, request: Int) throws -> HTTPClientResponse {
    let sample = "{\"name\":\"\(name)\",\"value\":\(request % 100),\"timestamp\":\(request * 1000)}"
    let samples = Array(repeating: sample, count: SteadyLoad.size(ofRequest: request)).joined(separator: ",")
    return try HTTPClient(daybook.command).send(
      "POST", "/v1/samples",
      headers: [("Content-Type", "application/json"), ("Idempotency-Key", "\"load-0-\(request)\"")],
      body: Array("[\(samples)]".utf8))
  }

  /// By request how many samples there are of it, up to what the log has.
  private func requests(of series: String, _ reader: HTTPClient) throws -> [Int: Int] {
    let answer = try reader.send("GET", "/v1/samples?name=\(series)&from=0&to=86400000")
    guard answer.status == 200 else { throw SystemTestError("\(answer.status) \(answer.text)") }
    let json = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
    let found = json?["series"] as? [[String: Any]] ?? []
    var requests: [Int: Int] = [:]
    for time in found.first?["time"] as? [Int] ?? [] { requests[time / 1000, default: 0] += 1 }
    return requests
  }

  /// Tokens from before are refused by their generation, and new ones are taken.
  private func checkTokens(_ daybook: RunningDaybook, old: [String]) throws {
    let reader = HTTPClient(daybook.query)
    for token in old {
      let answer = try reader.send("GET", "/v1/latest?name=quiet&after=\(token)")
      #expect(answer.status == 400)
      #expect(answer.text.contains("backup"), "\(answer.text)")
    }
    let answer = try send(daybook, name: "after", request: 90_000)
    #expect(answer.status == 201, "\(answer.text)")
    let token = try #require(answer.header("daybook-position"))
    let read = try reader.send("GET", "/v1/latest?name=after&after=\(token)&wait=10s")
    #expect(read.status == 200, "\(read.text)")
    #expect(read.text.contains("\"time\":90000000"), "\(read.text)")
  }

  /// Until the read models have all of the log.
  private func waitUntilProjected(home: String) throws {
    let owner = try PostgresConnection(try PostgresCluster.find(home: home), application: "tests")
    try waitUntil(deadline: .seconds(60), "the read models to have all of the log") {
      let behind = try owner.query(
        sql: """
          SELECT count(*) FILTER (WHERE p.position <> s.position), count(*)
          FROM daybook_read.progress p JOIN daybook_events.shards s USING (shard)
          """)
      return try behind.int64(0, 0) == 0 && behind.int64(0, 1) == 16
    }
  }

  /// Positions without gaps, and each hash over the one before it.
  private func checkLog(home: String) throws {
    let feed = try StoreFeed(
      try PostgresCluster.find(home: home, user: "daybook_feed"), application: "tests")
    for head in try feed.heads() {
      var mark = FeedMark(shard: head.shard, position: 0, hash: EventHash.beforeFirst)
      while mark.position < head.position {
        let batch = try feed.fetch(after: [mark], limits: FeedLimits())
        try #require(batch.faults == [])
        for record in batch.records {
          var canonical = ByteBuffer()
          EventHash.canonical(previous: mark.hash, record: record, into: &canonical)
          #expect(record.hash == SHA256.hash(canonical.bytes), "the chain breaks at \(record.position)")
          mark = FeedMark(shard: head.shard, position: record.position, hash: record.hash)
        }
      }
      #expect(mark.hash == head.hash)
    }
  }

  private func largestFile(under folder: String) throws -> String {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    let sizes = names.map { name -> (String, Int) in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      return (
        "\(folder)/\(name)",
        attributes?[.type] as? FileAttributeType == .typeRegular ? attributes?[.size] as? Int ?? 0 : 0
      )
    }
    return try #require(sizes.max { $0.1 < $1.1 }).0
  }
}
