import Commands
import EventStore
import Events
import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

@Test func theSameKeyTwiceGivesOneSetOfEventsAndTheSameAnswer() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    let first = try appender.record(TestCommand.record([("a", 1, 1)], to: appender, key: "k")).get()
    let second = try appender.record(TestCommand.record([("a", 1, 1)], to: appender, key: "k")).get()
    guard case .recorded(_, let answer) = first, case .replayed(let replayed) = second else {
      Issue.record("expected recorded and replayed, actual \(first) and \(second)")
      return
    }
    #expect(answer == replayed)
    #expect(try harness.log().of(.samplesRecorded).count == 1)
  }
}

@Test func anotherRequestUnderAKeyIsRefused() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender, key: "k", body: 1)).get()
    let second = appender.record(try TestCommand.record([("a", 1, 2)], to: appender, key: "k", body: 2))
    #expect(throws: AppendError.keyReused) { try second.get() }
    #expect(try harness.log().of(.samplesRecorded).count == 1)
  }
}

@Test func keysOfDifferentActorsAndSpellingsAreDifferent() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    // Swift takes these for equal; Postgres, and so we, do not.
    for key in ["caf\u{E9}", "cafe\u{301}"] {
      let outcome = try appender.record(TestCommand.record([("a", 1, 1)], to: appender, key: key)).get()
      guard case .recorded = outcome else {
        Issue.record("key \(key) was taken for another")
        return
      }
    }
  }
}

@Test func ofManyAtOnceWithOneKeyOneIsStoredAndAllGetItsAnswer() throws {
  let harness = try StoreHarness()
  let appenders = (0..<2).map { _ in harness.appender() }
  defer { for appender in appenders { appender.stop() } }
  for round in 0..<20 {
    let answers = Mutex<[StoredAnswer]>([])
    let threads = (0..<6).map { index in
      OwnedThread("client") {
        let appender = appenders[index % 2]
        guard let command = try? TestCommand.record([("a", Int64(round), 1)], to: appender, key: "k\(round)"),
          let outcome = try? appender.record(command).get()
        else { return }
        answers.withLock { $0.append(outcome.answer) }
      }
    }
    for thread in threads { thread.join() }
    let given = answers.withLock { $0 }
    #expect(given.count == 6)
    #expect(given.allSatisfy { $0 == given[0] })
    #expect(try harness.log().of(.samplesRecorded).count == round + 1)
  }
}

@Test func aKeyIsStoredForACommandWithoutSamplesToo() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    let rejected = [RejectedSample(reason: "bad_line", detail: "x\0y", line: 3)]
    let first = try appender.record(TestCommand.record([], to: appender, key: "k", rejected: rejected)).get()
    let second = try appender.record(TestCommand.record([], to: appender, key: "k", rejected: rejected)).get()
    #expect(first.answer == second.answer)
    #expect(
      try harness.count("SELECT count(*) FROM daybook_events.rejected WHERE line = 3 AND reason = 'bad_line'") == 1)
    #expect(try harness.log().all.isEmpty)
  }
}

@Test func expiredKeysAndAllButTheNewestRejectedSamplesGo() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    let rejected = (0..<10).map { RejectedSample(reason: "r", detail: "\($0)") }
    for key in ["old", "new"] {
      _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender, key: key, rejected: rejected)).get()
    }
    try harness.connection.execute(
      "UPDATE daybook_events.keys SET created_at = created_at - 90000000000000 WHERE key = 'old'")
    var limits = AppenderLimits()
    limits.rejectedLimit = 5
    try StoreHousekeeping.run(harness.database.connect("daybook_writer"), limits: limits, now: WallClock.now)
    #expect(try harness.count("SELECT count(*) FROM daybook_events.keys WHERE key = 'new'") == 1)
    #expect(try harness.count("SELECT count(*) FROM daybook_events.keys") == 1)
    #expect(try harness.count("SELECT count(*) FROM daybook_events.rejected") == 5)
    #expect(try harness.count("SELECT min(detail::int) FROM daybook_events.rejected WHERE detail <> ''") == 5)
  }
}
