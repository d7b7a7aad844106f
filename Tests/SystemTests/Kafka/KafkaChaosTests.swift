import Foundation
import Glibc
import HTTPClient
import KafkaTestSupport
import Postgres
import PostgresCluster
import Runtime
import TestSupport
import Testing

/// Everything that can die on the way over Kafka dies, under load: the read models are those that come straight from the
/// store, byte for byte.
@Suite(.serialized, .enabled(if: RealBroker.isThere)) struct KafkaChaosTests {
  private static let isFull = ProcessInfo.processInfo.environment["DAYBOOK_FULL"] != nil

  @Test func readModelsAreTheSameWhicheverWayTheEventsCame() throws {
    var random = SeededRandom()
    let broker = try RealBroker()
    let kafka = ["DAYBOOK_KAFKA": broker.servers]
    let daybook = try RunningDaybook(settings: kafka)
    defer { daybook.stop() }
    let total = Self.isFull ? 5_000_000 : 500_000
    let load = KafkaLoad(
      daybook.command, total: total, over: Self.isFull ? .seconds(60) : .seconds(25), random: &random)
    func reach(_ part: Double) throws {
      try waitUntil(deadline: .seconds(120), "\(part) of the load") { Double(load.samples) >= part * Double(total) }
    }
    func projector() throws -> Int32 {
      try daybook.startProgram(["projector"], settings: ["DAYBOOK_PROJECTOR_LISTEN": "127.0.0.1:0"])
    }
    // One projector, then three, then two: the third is killed.
    try reach(0.1)
    let second = try projector()
    let third = try projector()
    try reach(0.3)
    kill(third, SIGKILL)
    waitpid(third, nil, 0)
    // The brokers.
    try reach(0.45)
    broker.kill()
    MonotonicClock.sleep(for: .seconds(2))
    try broker.start()
    // The relay: 'up' starts it again.
    try reach(0.6)
    kill(try daybook.child("daybook relay"), SIGKILL)
    // The other projector, and one that leaves as it should.
    try reach(0.75)
    kill(try daybook.child("daybook projector"), SIGKILL)
    let tokens = try load.finish()
    kill(second, SIGTERM)
    waitpid(second, nil, 0)
    try waitForAll(daybook, tokens)

    let overKafka = try ReadModelTables(try PostgresCluster.find(home: daybook.home))
    let fromStore = try projectFromStore(daybook, tokens)
    #expect(overKafka == fromStore)
    #expect(overKafka.hours.rows > 300 && overKafka.minutes.rows > 60 && overKafka.days.rows > 300, "\(overKafka)")
    let log = try daybook.wholeLog()
    #expect(!log.contains("shard stopped"), "\(daybook.log)")
    #expect(daybook.stopProcesses() == 0)
  }

  private func waitForAll(_ daybook: RunningDaybook, _ tokens: [String]) throws {
    let reader = HTTPClient(daybook.query, timeout: .seconds(60))
    let after = tokens.suffix(12).map { "&after=\($0)" }.joined()
    var last = ""
    try waitUntil(deadline: .seconds(180), "all of it is queryable; the last answer: \(last)") {
      let answer = try reader.send("GET", "/v1/timeline?name=chaos&by=&step=day&from=0&to=1&wait=10s\(after)")
      last = answer.text
      return answer.status == 200
    }
    try waitUntil(deadline: .seconds(60), "nobody is behind") {
      let address = try PostgresCluster.find(home: daybook.home)
      let behind = try PostgresConnection(address, application: "test").query(
        sql: """
          SELECT count(*) FROM daybook_read.progress p JOIN daybook_events.shards s USING (shard)
          WHERE p.position <> s.position OR p.hash <> s.hash
          """
      ).int64(0, 0)
      return behind == 0
    }
  }

  /// A second read store beside the first, filled by a projector that knows no Kafka.
  private func projectFromStore(_ daybook: RunningDaybook, _ tokens: [String]) throws -> ReadModelTables {
    let owner = try PostgresConnection(try PostgresCluster.find(home: daybook.home), application: "test")
    try owner.execute("CREATE DATABASE second")
    let events = try PostgresCluster.find(home: daybook.home)
    let second = try PostgresCluster.find(home: daybook.home, database: "second")
    let settings = [
      "DAYBOOK_DATABASE": events.redacted, "DAYBOOK_READ_DATABASE": second.redacted, "DAYBOOK_KAFKA": "",
      "DAYBOOK_PROJECTOR_LISTEN": "127.0.0.1:0",
    ]
    let migrate = try daybook.startProgram(["migrate"], settings: settings)
    var status: Int32 = 0
    waitpid(migrate, &status, 0)
    #expect(status == 0, "\(daybook.log)")
    let projector = try daybook.startProgram(["projector"], settings: settings)
    defer {
      kill(projector, SIGTERM)
      waitpid(projector, nil, 0)
    }
    let connection = try PostgresConnection(second, application: "test")
    let goal = try owner.query(sql: "SELECT sum(position)::bigint FROM daybook_events.shards").int64(0, 0)
    try waitUntil(deadline: .seconds(120), "the second read store has all") {
      try connection.query(
        sql: """
          SELECT coalesce(sum(p.position), 0)::bigint FROM daybook_read.progress p
          JOIN daybook_read.builds b ON b.id = p.build AND b.projection = 'timeline'
          """
      ).int64(0, 0) == goal
    }
    return try ReadModelTables(second)
  }
}
