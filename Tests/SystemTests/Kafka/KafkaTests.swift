import Foundation
import Glibc
import HTTPClient
import Kafka
import KafkaTestSupport
import Postgres
import PostgresCluster
import Runtime
import TestSupport
import Testing

/// `daybook up --kafka` as somebody runs it, against a real broker.
@Suite(.serialized, .enabled(if: RealBroker.isThere)) struct KafkaTests {
  private func post(_ daybook: RunningDaybook, _ lines: String) throws -> String {
    let answer = try HTTPClient(daybook.command, timeout: .seconds(60)).send(
      "POST", "/write?db=k", body: Array(lines.utf8))
    #expect(answer.status == 204, "\(answer.text)")
    return try #require(answer.header("daybook-position"))
  }

  private func latest(_ daybook: RunningDaybook, _ name: String, after token: String) throws -> String {
    let answer = try HTTPClient(daybook.query, timeout: .seconds(60)).send(
      "GET", "/v1/latest?name=\(name)&after=\(token)&wait=30s")
    #expect(answer.status == 200, "\(answer.text)")
    return answer.text
  }

  private static let sasl = [
    "listeners=SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
    "advertised.listeners=SASL_PLAINTEXT://127.0.0.1:{port}",
    "listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name=SASL_PLAINTEXT", "sasl.enabled.mechanisms=PLAIN",
    "sasl.mechanism.inter.broker.protocol=PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule "
      + #"required username="broker" password="b" user_broker="b" user_daybook="quite-secret-17";"#,
  ]

  @Test func overSASLItRunsAndAWrongPasswordIsSaidWithoutBeingShown() throws {
    let broker = try RealBroker(Self.sasl)
    let folder = TemporaryFolder()
    let file = "\(folder.path)/kafka.conf"
    func write(_ password: String) throws {
      let text =
        "# How we get in.\nsecurity.protocol = SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.username=daybook\n"
        + "sasl.password=\(password)\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
      chmod(file, 0o600)
    }
    try write("wrong-password-23")
    let relayPort = try FreePort.find()
    let daybook = try RunningDaybook(settings: [
      "DAYBOOK_KAFKA": broker.servers, "DAYBOOK_KAFKA_CONFIG": file, "DAYBOOK_RELAY_LISTEN": "127.0.0.1:\(relayPort)",
    ])
    defer { daybook.stop() }
    let relay = ListenAddress(host: "127.0.0.1", port: relayPort)
    try waitUntil(deadline: .seconds(40), "the relay says that it is not let in") {
      let answer = try? HTTPClient(relay).send("GET", "/readyz?verbose")
      return answer?.status == 503 && answer?.text.contains("uthentication") == true
    }
    let token = try post(daybook, "sasl value=4 1767225600000000000\n")
    #expect(daybook.stopProcesses() == 0)
    try write("quite-secret-17")
    try daybook.start()
    #expect(try latest(daybook, "sasl", after: token).contains("\"value\":4"))
    let log = try daybook.wholeLog()
    #expect(!log.contains("wrong-password-23") && !log.contains("quite-secret-17"))
    #expect(daybook.stopProcesses() == 0)
  }

  @Test func aBodyOf32MebibytesThatNothingCompressesGetsThrough() throws {
    let broker = try RealBroker()
    let daybook = try RunningDaybook(settings: ["DAYBOOK_KAFKA": broker.servers])
    defer { daybook.stop() }
    var random = SeededRandom()
    var body: [UInt8] = []
    body.reserveCapacity(32 << 20)
    var count = 0
    while true {
      let value = Double.random(in: -1e300...1e300, using: &random)
      let line = Array("big,host=h\(count % 64) value=\(value) \(1_767_225_600_000_000_000 + count * 1_000_003)\n".utf8)
      if body.count + line.count > 32 << 20 { break }
      body += line
      count += 1
    }
    let answer = try HTTPClient(daybook.command, timeout: .seconds(120)).send("POST", "/write?db=k", body: body)
    #expect(answer.status == 204, "\(answer.text)")
    let token = try #require(answer.header("daybook-position"))
    let buckets = try TimelineAnswer.buckets(
      HTTPClient(daybook.query, timeout: .seconds(120)), "name=big&by=&aggregate=count", from: 1_767_225_600_000,
      to: 1_767_225_600_000 + 86_400_000, stepMilliseconds: 86_400_000, step: "day", after: [token])
    let found: Double = buckets.values.reduce(0.0) { $0 + ($1["count"] ?? 0) }
    #expect(Int(found) == count)
    #expect(count > 500_000)
  }

  @Test func whileKafkaIsAwayCommandsAreTakenAndTheLagShowsIt() throws {
    let broker = try RealBroker()
    let daybook = try RunningDaybook(settings: ["DAYBOOK_KAFKA": broker.servers])
    defer { daybook.stop() }
    _ = try latest(daybook, "away", after: try post(daybook, "away value=1 1767225600000000000\n"))
    broker.kill()
    // A minute among the long tests.
    let isFull = ProcessInfo.processInfo.environment["DAYBOOK_FULL"] != nil
    let end = MonotonicClock.deadline(after: isFull ? .seconds(60) : .seconds(5))
    var value = 1
    var token = ""
    while MonotonicClock.now < end {
      value += 1
      token = try post(daybook, "away value=\(value) \(1_767_225_600_000_000_000 + value * 1_000_000)\n")
      MonotonicClock.sleep(for: .milliseconds(50))
    }
    let status = try HTTPClient(daybook.query).send("GET", "/v1/status")
    #expect(status.status == 200)
    let lag = try Self.lag(status.body)
    #expect(lag.events >= value - 2 && lag.seconds > 3, "\(lag), \(status.text)")
    let early = try HTTPClient(daybook.query).send("GET", "/v1/latest?name=away&after=\(token)&wait=100ms")
    #expect(early.status == 504, "\(early.text)")
    try broker.start()
    let deadline = MonotonicClock.deadline(after: .seconds(90))
    while MonotonicClock.now < deadline {
      let answer = try HTTPClient(daybook.query, timeout: .seconds(60)).send(
        "GET", "/v1/latest?name=away&after=\(token)&wait=10s")
      if answer.status == 200 { break }
    }
    #expect(try latest(daybook, "away", after: token).contains("\"value\":\(value)"))
    try waitUntil(deadline: .seconds(30), "the lag is gone") {
      try Self.lag(HTTPClient(daybook.query).send("GET", "/v1/status").body).events == 0
    }
  }

  @Test func aTopicThatWasDeletedIsFilledAgainByRepublish() throws {
    let broker = try RealBroker()
    let daybook = try RunningDaybook(settings: ["DAYBOOK_KAFKA": broker.servers])
    defer { daybook.stop() }
    _ = try latest(daybook, "again", after: try post(daybook, "again value=1 1767225600000000000\n"))
    try broker.deleteTopic("daybook.events")
    // What comes now stands on the topic that the relay makes, and what was there before does not.
    let token = try post(daybook, "again value=2 1767225601000000000\n")
    #expect(try latest(daybook, "again", after: token).contains("\"value\":2"))
    func sequences() throws -> [Int64] {
      try TopicContent(broker.settings, topic: "daybook.events", partitions: 8).partitions.values
        .flatMap { $0.compactMap { $0["ce_sequence"].flatMap { Int64($0) } } }
    }
    try waitUntil(deadline: .seconds(90), "the second sample is on the topic") { (try? sequences()) == [3] }
    let republish = try daybook.startProgram(["relay", "--republish"], settings: [:])
    var status: Int32 = 0
    waitpid(republish, &status, 0)
    #expect(status == 0, "\(daybook.log)")
    #expect(try sequences() == [3, 1, 2, 3])
    let log = try daybook.wholeLog()
    #expect(log.contains("message=republished events=3"), "\(daybook.log)")
    // Nothing counts twice.
    let buckets = try TimelineAnswer.buckets(
      HTTPClient(daybook.query, timeout: .seconds(60)), "name=again&aggregate=count", from: 1_767_225_600_000,
      to: 1_767_225_600_000 + 86_400_000, stepMilliseconds: 86_400_000, step: "day", after: [token])
    #expect(buckets.values.map { $0["count"] } == [2])
  }

  /// Of the active timeline.
  private static func lag(_ body: [UInt8]) throws -> (events: Int, seconds: Double) {
    let root = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    for projection in root?["projections"] as? [[String: Any]] ?? [] where projection["name"] as? String == "timeline" {
      for build in projection["builds"] as? [[String: Any]] ?? [] {
        let lag = build["lag"] as? [String: Any]
        return (lag?["events"] as? Int ?? -1, lag?["seconds"] as? Double ?? -1)
      }
    }
    throw SystemTestError("no lag: \(String(decoding: body, as: UTF8.self))")
  }

  /// One that stood still for longer than the group waits believes that it has its shards; another one has them by then.
  @Test func aFrozenProjectorThatWakesUpWritesNothingStale() throws {
    let broker = try RealBroker()
    let daybook = try RunningDaybook(settings: ["DAYBOOK_KAFKA": broker.servers])
    defer { daybook.stop() }
    let reader = HTTPClient(daybook.query, timeout: .seconds(60))
    _ = try latest(daybook, "ice", after: try post(daybook, "ice value=0 1767225600000000000\n"))
    let frozen = try daybook.child("daybook projector")
    let other = try daybook.startProgram(["projector"], settings: ["DAYBOOK_PROJECTOR_LISTEN": "127.0.0.1:0"])
    defer {
      kill(other, SIGTERM)
      waitpid(other, nil, 0)
    }
    let address = try PostgresCluster.find(home: daybook.home)
    let connection = try PostgresConnection(address, application: "test")
    func epochs() throws -> Int64 {
      try connection.query(sql: "SELECT sum(epoch)::bigint FROM daybook_read.progress").int64(0, 0)
    }
    let before = try epochs()
    try waitUntil(deadline: .seconds(30), "the other has some") { try epochs() > before }
    var lines = 0
    var token = ""
    func load(_ count: Int) throws {
      for _ in 0..<count {
        let batch = (0..<50).map {
          "ice,host=h\(($0 + lines) % 40) value=\(lines) \(1_767_225_600_000_000_000 + (lines * 50 + $0) * 1_000)\n"
        }
        token = try post(daybook, batch.joined())
        lines += 1
      }
    }
    try load(40)
    kill(frozen, SIGSTOP)
    let stopped = try epochs()
    try load(40)
    // The group misses it, and the other takes its shards.
    try waitUntil(deadline: .seconds(60), "the other has all") {
      let answer = try reader.send("GET", "/v1/latest?name=ice&after=\(token)&wait=1s")
      return answer.status == 200
    }
    #expect(try epochs() > stopped)
    kill(frozen, SIGCONT)
    try load(40)
    let buckets = try TimelineAnswer.buckets(
      reader, "name=ice&by=&aggregate=count,sum", from: 1_767_225_600_000, to: 1_767_225_600_000 + 86_400_000,
      stepMilliseconds: 86_400_000, step: "day", after: [token])
    let count: Double = buckets.values.reduce(0.0) { $0 + ($1["count"] ?? 0) }
    #expect(count == 6_001)
    let sum: Double = buckets.values.reduce(0.0) { $0 + ($1["sum"] ?? 0) }
    // Each line number, 0 to 119, fifty times.
    #expect(sum == 357_000)
  }

  /// Neither the topic nor the store has the event: its shard stops, the others go on.
  @Test func anEventThatIsDamagedEverywhereStopsItsShardAndSaysSoEverywhere() throws {
    let broker = try RealBroker()
    let daybook = try RunningDaybook(settings: ["DAYBOOK_KAFKA": broker.servers])
    defer { daybook.stop() }
    // The relay stands still while one event is damaged.
    let relay = try daybook.child("daybook relay")
    kill(relay, SIGSTOP)
    // So much that no event shares its row.
    var random = SeededRandom()
    let lines = (0..<6_400).map {
      "bad,host=h\($0 % 64) value=\(Int.random(in: 0..<1_000_000, using: &random)) \(1_767_225_600_000_000_000 + $0 * 1_000_000)\n"
    }
    let token = try post(daybook, lines.joined())
    let owner = try PostgresConnection(try PostgresCluster.find(home: daybook.home), application: "test")
    try owner.execute("UPDATE daybook_events.events SET payload = '\\x0102' WHERE shard = 5 AND position = 2")
    kill(relay, SIGCONT)
    let projector = HTTPClient(daybook.projector)
    var ready = ""
    try waitUntil(deadline: .seconds(60), "the projector says so: \(ready)") {
      let answer = try projector.send("GET", "/readyz?verbose")
      ready = answer.text
      return answer.status == 503 && answer.text.contains("event 2") && answer.text.contains("shard 5")
    }
    let status = try HTTPClient(daybook.query).send("GET", "/v1/status").text
    #expect(status.contains("problem") && status.contains("shard 5") && status.contains("event 2"), "\(status)")
    let log = try daybook.wholeLog()
    #expect(log.contains("message=\"shard stopped\" shard=5 position=2") && log.contains("remedy="))
    // All but that shard are there.
    let late = try HTTPClient(daybook.query).send("GET", "/v1/latest?name=bad&after=\(token)&wait=2s")
    #expect(late.status == 504 && late.text.contains("shard 5 is at 1 of 2"), "\(late.text)")
    #expect(!late.text.contains("shard 4 is at"), "\(late.text)")
  }
}
