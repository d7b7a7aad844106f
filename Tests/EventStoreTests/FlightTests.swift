import Commands
import EventStore
import Events
import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

/// Many small commands at once, so that groups are sent while others are under way.
@Suite struct FlightTests {
  /// Clients without threads: each sends its next command when it has the answer of the last.
  private final class Storm: Sendable {
    struct Tally {
      var acknowledged: Set<String> = []
      var unavailable = 0
      var unexpected: [String] = []
      var running = 0
    }

    private let appenders: [Appender]
    private let rounds: Int
    private let tally = Monitor(Tally())

    init(_ appenders: [Appender], clients: Int, rounds: Int) {
      self.appenders = appenders
      self.rounds = rounds
      tally.withLock { $0.running = clients }
      for client in 0..<clients { next(client, round: 0) }
    }

    /// The outcome, when all are through.
    func finish() throws -> Tally {
      let deadline = MonotonicClock.deadline(after: .seconds(60))
      let isDone: Bool? = tally.wait(until: deadline) { $0.running == 0 ? true : nil }
      #expect(isDone == true, "the clients are not through after 60 s")
      return tally.withLock { $0 }
    }

    private func next(_ client: Int, round: Int) {
      guard round < rounds else {
        tally.withLock { $0.running -= 1 }
        return tally.broadcast()
      }
      let appender = appenders[client % appenders.count]
      let sample = (name: "m\((client + round) % 40)", time: Int64(round), value: Double(client))
      guard let command = try? TestCommand.record([sample], to: appender) else { return }
      appender.submit(command) { result in
        self.tally.withLock { tally in
          switch result {
          case .success: tally.acknowledged.insert(command.id.description)
          case .failure(.unavailable): tally.unavailable += 1
          case .failure(let error): tally.unexpected.append("\(error)")
          }
        }
        self.next(client, round: round + 1)
      }
    }
  }

  private func count(_ name: String, _ registry: MetricsRegistry) -> Int {
    registry.exposition().split(separator: "\n").filter { $0.hasPrefix(name + " ") }
      .reduce(0) { $0 + (Int($1.split(separator: " ")[1]) ?? 0) }
  }

  /// Runs what it is given on the caller's thread, and knows how often.
  private final class CountingQueue: WorkQueue {
    private let state = Monitor((works: 0, isRunning: false))
    var works: Int { state.withLock { $0.works } }
    var isRunning: Bool { state.withLock { $0.isRunning } }

    func run(_ work: @escaping Work) {
      state.withLock { $0 = ($0.works + 1, true) }
      work()
      state.withLock { $0.isRunning = false }
    }
  }

  @Test func answersOfOneGroupAreGivenByOneWorkOnEachQueue() throws {
    let harness = try StoreHarness()
    let registry = MetricsRegistry()
    let appender = harness.appender(registry: registry)
    let queues = [CountingQueue(), CountingQueue()]
    let outcome = Monitor((answered: 0, elsewhere: 0))
    for number in 0..<200 {
      let queue = queues[number % 2]
      let command = try TestCommand.record([("m\(number % 7)", Int64(number), 1)], to: appender)
      appender.submit(command, queue: queue) { _ in
        let isThere = queue.isRunning
        outcome.withLock { $0 = ($0.answered + 1, $0.elsewhere + (isThere ? 0 : 1)) }
        outcome.broadcast()
      }
    }
    let isDone: Bool? = outcome.wait(until: MonotonicClock.deadline(after: .seconds(30))) {
      $0.answered == 200 ? true : nil
    }
    #expect(isDone == true)
    appender.stop()
    #expect(outcome.withLock { $0.elsewhere } == 0)
    let groups = count("daybook_append_group_commands_count", registry)
    #expect(groups > 0 && groups < 200, "\(groups) groups show nothing")
    #expect(queues.allSatisfy { (1...groups).contains($0.works) })
  }

  @Test func aGroupThatIsSentBehindAnotherFindsTheHeadsThatItLeaves() throws {
    let harness = try StoreHarness()
    let registry = MetricsRegistry()
    let appender = harness.appender(registry: registry)
    let tally = try Storm([appender], clients: 250, rounds: 60).finish()
    appender.stop()
    #expect(tally.unexpected == [])
    #expect(tally.unavailable == 0)
    let log = try harness.log()
    #expect(tally.acknowledged.count == 250 * 60)
    #expect(Set(log.commands.keys) == tally.acknowledged)
    #expect(log.commands.values.allSatisfy { $0 == 1 })
    #expect(count("daybook_append_contended_total", registry) == 0)
    #expect(count("daybook_append_launched_behind_total", registry) > 0, "the test shows nothing")
  }

  @Test func twoServicesThatSendAheadTakeTurns() throws {
    let harness = try StoreHarness()
    let appenders = (0..<2).map { _ in harness.appender() }
    let follower = LogFollower(harness.database.address("daybook_feed"), shards: harness.identity.shards)
    let tally = try Storm(appenders, clients: 300, rounds: 30).finish()
    for appender in appenders { appender.stop() }
    let (positions, failure) = follower.stop()
    #expect(tally.unexpected == [])
    #expect(failure == nil)
    #expect(try harness.deadlocks() == 0)
    let log = try harness.log()
    #expect(positions == log.events.map { Int64($0.count) })
    #expect(Set(log.commands.keys) == tally.acknowledged)
    #expect(log.commands.values.allSatisfy { $0 == 1 })
  }

  @Test func groupsInFlightAreThereExactlyOnceThoughTheirConnectionIsLost() throws {
    let harness = try StoreHarness()
    let registry = MetricsRegistry()
    let appender = harness.appender(registry: registry)
    let isDone = Atomic<Bool>(false)
    let address = harness.database.address()
    let killer = OwnedThread("killer") {
      guard let connection = try? PostgresConnection(address, application: "killer") else { return }
      var random = SeededRandom(seed: 2)
      while !isDone.load(ordering: .relaxed) {
        _ = try? connection.query(
          sql: """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'daybook-append' AND state = 'active'
            """)
        MonotonicClock.sleep(for: .microseconds(Int.random(in: 500...20_000, using: &random)))
      }
    }
    var acknowledged: Set<String> = []
    var unavailable = 0
    try waitUntil(deadline: .seconds(60), "20 lost commits") {
      let tally = try Storm([appender], clients: 200, rounds: 20).finish()
      #expect(tally.unexpected == [])
      acknowledged.formUnion(tally.acknowledged)
      unavailable += tally.unavailable
      return count("daybook_append_lost_commits_total", registry) >= 20
    }
    isDone.store(true, ordering: .relaxed)
    killer.join()
    appender.stop()
    let stored = try harness.log().commands
    #expect(acknowledged.allSatisfy { stored[$0] == 1 })
    #expect(stored.values.allSatisfy { $0 == 1 })
    #expect(stored.count <= acknowledged.count + unavailable)
  }
}
