import Commands
import EventStore
import Events
import Runtime
import Synchronization
import TestSupport
import Testing

@Test func twoServicesThatRegisterTheSameSeriesAndKeysInOppositeOrderDoNotDeadlock() throws {
  let harness = try StoreHarness()
  let appenders = (0..<2).map { _ in harness.appender() }
  let failures = Mutex<[String]>([])
  let (rounds, keysCount) = (10, 200)
  for round in 0..<rounds {
    let names = (0..<20).map { "r\(round) m\($0)" }
    let threads = appenders.enumerated().map { index, appender in
      OwnedThread("client") {
        // One appender's groups hold keys and series in one order, the other's in the opposite one.
        let keys = index == 0 ? Array(0..<keysCount) : (0..<keysCount).reversed()
        let ordered = index == 0 ? names : names.reversed()
        let samples = ordered.map { (name: $0, time: Int64(round), value: 1.0) }
        let results = Result {
          try appender.recordTogether(
            keys.map { try TestCommand.record(samples, to: appender, key: "\(round) \($0)") })
        }
        for result in (try? results.get()) ?? [.failure(.rejected(reason: "\(results)"))] {
          if case .failure(let error) = result { failures.withLock { $0.append("\(error)") } }
        }
      }
    }
    for thread in threads { thread.join() }
  }
  for appender in appenders { appender.stop() }
  #expect(failures.withLock { $0 } == [])
  #expect(try harness.deadlocks() == 0)
  #expect(try harness.count("SELECT count(*) FROM daybook_events.series") == rounds * 20)
  let log = try harness.log()
  let entries = try log.of(.seriesRegistered).flatMap { try LogContent.series($0, shards: harness.identity.shards) }
  #expect(entries.count == rounds * 20)
  #expect(Set(entries.map(\.key)).count == rounds * 20)
  #expect(Set(entries.map(\.id)).count == rounds * 20)
  #expect(log.commands.count == rounds * keysCount)
}

@Test func aSeriesHasOneIdInTheLogTheRegistryAndEveryCache() throws {
  let harness = try StoreHarness()
  let first = harness.appender()
  let samples = (0..<50).map { (name: "m\($0)", time: Int64(1), value: 1.0) }
  _ = try first.record(TestCommand.record(samples, to: first)).get()
  first.stop()
  // One that knows nothing finds them in the registry.
  let second = harness.appender()
  _ = try second.record(TestCommand.record(samples, to: second)).get()
  second.stop()
  let log = try harness.log()
  #expect(try harness.count("SELECT count(*) FROM daybook_events.series WHERE labels = '{\"host\": \"h1\"}'") == 50)
  for event in log.of(.seriesRegistered) {
    for entry in try LogContent.series(event, shards: harness.identity.shards) {
      #expect(entry.id.shard(of: harness.identity.shards) == event.shard)
      #expect(first.series.lookup(entry.key.fingerprint) == entry.id)
      #expect(second.series.lookup(entry.key.fingerprint) == entry.id)
      #expect(
        try harness.count(
          "SELECT count(*) FROM daybook_events.series WHERE id = \(entry.id) AND name = '\(entry.key.name)'") == 1)
    }
  }
  #expect(log.of(.seriesRegistered).count <= harness.identity.shards)
}

@Test func aGroupThatFailsRegistersNothing() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    let bad = appender.record(try TestCommand.record([("new", 1, 1)], to: appender, key: TestCommand.badKey))
    #expect(throws: AppendError.self) { try bad.get() }
    #expect(appender.series.count == 0)
    #expect(try harness.count("SELECT count(*) FROM daybook_events.series") == 0)
    _ = try appender.record(TestCommand.record([("new", 1, 1)], to: appender)).get()
    #expect(appender.series.count == 1)
  }
}
