import Commands
import EventStore
import Events
import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

/// Results of many clients.
private struct Tally {
  /// By the text of the command's id: how many shards it has events in.
  var acknowledged: [String: Int] = [:]
  var rejected = 0
  var unavailable = 0
  var unexpected: [String] = []

  mutating func add(_ other: Tally) {
    acknowledged.merge(other.acknowledged) { $1 }
    rejected += other.rejected
    unavailable += other.unavailable
    unexpected += other.unexpected
  }
}

/// Of all appenders that count in `registry`.
private func lostCommits(_ registry: MetricsRegistry) -> Int {
  registry.exposition().split(separator: "\n")
    .filter { $0.hasPrefix("daybook_append_lost_commits_total ") }
    .reduce(0) { $0 + (Int($1.split(separator: " ")[1]) ?? 0) }
}

private func isRejected(_ error: AppendError) -> Bool {
  if case .rejected = error { true } else { false }
}

/// `clients` threads, each with `rounds` commands over few series in all shards; about one in twelve is refused by Postgres
/// and takes its transaction with it.
private func run(
  clients: Int, rounds: Int, appenders: [Appender], random: SeededRandom, badOneIn: Int
) -> Tally {
  let tally = Mutex(Tally())
  var random = random
  let seeds = (0..<clients).map { _ in random.next() }
  let threads = (0..<clients).map { client in
    OwnedThread("client") {
      var random = SeededRandom(seed: seeds[client])
      let appender = appenders[client % appenders.count]
      for round in 0..<rounds {
        let isBad = badOneIn > 0 && Int.random(in: 0..<badOneIn, using: &random) == 0
        let samples = (0..<Int.random(in: 1...4, using: &random)).map { index in
          (
            name: "m\(Int.random(in: 0..<40, using: &random))", time: Int64(round * 10 + index),
            value: Double(client)
          )
        }
        guard
          let command = try? TestCommand.record(
            samples, to: appender, key: isBad ? TestCommand.badKey + "\(client) \(round)" : nil)
        else { continue }
        let shards = TestCommand.shards(of: command)
        let result = appender.record(command)
        tally.withLock { tally in
          switch result {
          case .success where !isBad: tally.acknowledged[command.id.description] = shards
          case .failure(let error) where isBad && isRejected(error): tally.rejected += 1
          case .failure(.unavailable): tally.unavailable += 1
          default: tally.unexpected.append("\(result)")
          }
        }
      }
    }
  }
  for thread in threads { thread.join() }
  return tally.withLock { $0 }
}

@Test func thirtyTwoClientsLeaveNoGapAndAPollingReaderMissesNothing() throws {
  let harness = try StoreHarness()
  let appenders = (0..<3).map { _ in harness.appender() }
  let follower = LogFollower(harness.database.address("daybook_feed"), shards: harness.identity.shards)
  let tally = run(clients: 32, rounds: 25, appenders: appenders, random: SeededRandom(), badOneIn: 12)
  for appender in appenders { appender.stop() }
  let (positions, failure) = follower.stop()
  #expect(tally.unexpected == [])
  #expect(try harness.deadlocks() == 0)
  #expect(tally.rejected > 0, "no transaction was rolled back: the test shows nothing")
  let log = try harness.log()
  #expect(failure == nil)
  #expect(positions == log.events.map { Int64($0.count) })
  #expect(log.commands == tally.acknowledged)
}

@Test func commandsAreThereExactlyOnceThoughBackendsAreKilled() throws {
  let harness = try StoreHarness()
  let registry = MetricsRegistry()
  let appenders = (0..<2).map { _ in harness.appender(registry: registry) }
  let isDone = Atomic<Bool>(false)
  let address = harness.database.address()
  let killer = ThreadOfBackendKills(address) { isDone.load(ordering: .relaxed) }
  var random = SeededRandom()
  var tally = Tally()
  // Until enough commits have lost their answer for the test to show something.
  try waitUntil(deadline: .seconds(60), "20 lost commits") {
    tally.add(run(clients: 16, rounds: 20, appenders: appenders, random: random, badOneIn: 0))
    random = SeededRandom(seed: random.next())
    return lostCommits(registry) >= 20
  }
  isDone.store(true, ordering: .relaxed)
  killer.join()
  for appender in appenders { appender.stop() }
  #expect(tally.unexpected == [])
  let stored = try harness.log().commands
  let wrong = tally.acknowledged.filter { stored[$0.key] != $0.value }
  #expect(wrong.isEmpty)
  // What was answered with "unavailable" may be there, whole, or not.
  #expect(stored.count <= tally.acknowledged.count + tally.unavailable)
}

/// Ends the appenders' server processes again and again.
private final class ThreadOfBackendKills: Sendable {
  private let thread: OwnedThread

  init(_ address: PostgresAddress, until isDone: @escaping @Sendable () -> Bool) {
    thread = OwnedThread("killer") {
      guard let connection = try? PostgresConnection(address, application: "killer") else { return }
      var random = SeededRandom(seed: 1)
      while !isDone() {
        _ = try? connection.query(
          sql: """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'daybook-append' AND state = 'active'
            """)
        MonotonicClock.sleep(for: .microseconds(Int.random(in: 500...20_000, using: &random)))
      }
    }
  }

  func join() { thread.join() }
}
