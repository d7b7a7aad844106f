import Commands
import EventStore
import Events
import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

@Test func aBadCommandDoesNotFailItsNeighbours() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    let commands = try (0..<40).map { index in
      try TestCommand.record(
        [("m\(index % 7)", Int64(index), 1)], to: appender, key: index % 13 == 5 ? "bad\0\(index)" : nil)
    }
    let results = appender.recordTogether(commands)
    for (index, result) in results.enumerated() {
      if index % 13 == 5 {
        #expect(throws: AppendError.rejected(reason: "the database refuses this data, and would again")) {
          try result.get()
        }
      } else {
        #expect(throws: Never.self) { try result.get() }
      }
    }
    #expect(try harness.log().commands.count == 37)
  }
}

@Test func equalKeysInOneGroupAreJoined() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    let commands = try (0..<12).map { index in
      try TestCommand.record([("a", 1, 1)], to: appender, key: "k\(index % 3)", body: index == 9 ? 9 : 0)
    }
    let results = appender.recordTogether(commands)
    #expect(throws: AppendError.keyReused) { try results[9].get() }
    for index in commands.indices where index != 9 {
      #expect(try results[index].get().answer == results[index % 3].get().answer)
    }
    #expect(try harness.log().of(.samplesRecorded).count == 3)
  }
}

@Test func commandsStandInTheLogInTheOrderOfTheirSubmission() throws {
  let harness = try StoreHarness(shards: 1)
  try harness.withAppender { appender in
    let commands = try (0..<200).map { try TestCommand.record([("m", 1, Double($0))], to: appender) }
    for result in appender.recordTogether(commands) { _ = try result.get() }
    let values = try harness.log().of(.samplesRecorded).flatMap { try LogContent.samples($0, shards: 1).samples.values }
    #expect(values == (0..<200).map { Double($0) })
  }
}

@Test func smallCommandsOfAGroupShareRows() throws {
  let harness = try StoreHarness(shards: 2)
  try harness.withAppender { appender in
    let commands = try (0..<300).map { try TestCommand.record([("m\($0 % 5)", Int64($0), 1)], to: appender) }
    for (command, result) in zip(commands, appender.recordTogether(commands)) {
      guard case .recorded(let receipt, _) = try result.get() else { continue }
      let place = try #require(receipt.token.positions.first)
      let event = try harness.log().events[place.shard][Int(place.position) - 1]
      #expect((event.commandHigh, event.commandLow) == (command.id.high, command.id.low))
    }
    let log = try harness.log()
    #expect(log.of(.samplesRecorded).count == 300)
    #expect(try harness.count("SELECT count(*) FROM daybook_events.events") < log.all.count / 2)
    #expect(
      try harness.count("SELECT max(octet_length(payload)) FROM daybook_events.events WHERE type = 0")
        <= EventRun.bytesLimit)
  }
}

@Test func aCommandAloneHasRowsOfThePlainKind() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    for time in 0..<5 { _ = try appender.record(TestCommand.record([("m", Int64(time), 1)], to: appender)).get() }
    // The first registers its series in the same transaction: two events of one shard.
    #expect(try harness.count("SELECT count(*) FROM daybook_events.events WHERE type = 0") == 1)
    #expect(try harness.count("SELECT count(*) FROM daybook_events.events") == 5)
    #expect(try harness.log().all.count == 6)
  }
}

@Test func aBigEventBetweenSmallOnesKeepsItsPlace() throws {
  let harness = try StoreHarness(shards: 1)
  try harness.withAppender { appender in
    _ = try appender.record(TestCommand.record([("m", 0, 0)], to: appender)).get()
    let commands = try (1...60).map { index in
      let count = index % 20 == 0 ? 2_000 : 1
      return try TestCommand.record(
        (0..<count).map { ("m", Int64(index * 10_000 + $0), 1 / Double(index * 10_000 + $0)) }, to: appender)
    }
    for result in appender.recordTogether(commands) { _ = try result.get() }
    let ids = commands.map { $0.id.description }
    let stored = try harness.log().of(.samplesRecorded).map {
      UUIDv7(high: $0.commandHigh, low: $0.commandLow).description
    }
    #expect(Array(stored.dropFirst()) == ids)
    #expect(try harness.count("SELECT count(*) FROM daybook_events.events WHERE type = 2 AND sample_count = 2000") == 3)
  }
}

@Test func theReceiptNamesTheLastPositionOfTheCommandInEachShard() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    let samples = (0..<30).map { (name: "m\($0)", time: Int64($0), value: 1.0) }
    let command = try TestCommand.record(samples, to: appender)
    guard case .recorded(let receipt, _) = try appender.record(command).get() else { return }
    #expect(receipt.accepted == 30)
    #expect(receipt.token.isOf(harness.identity))
    for (shard, events) in try harness.log().events.enumerated() {
      #expect(receipt.token.position(of: shard) == events.last?.position ?? 0)
    }
  }
}

@Test func whatIsBeyondTheLimitIsOverloadedAtOnce() throws {
  let harness = try StoreHarness()
  var limits = AppenderLimits()
  limits.commandsLimit = 3
  let appender = harness.appender(limits: limits)
  defer { appender.stop() }
  _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender)).get()
  // Nothing can be appended while somebody holds the heads.
  try harness.connection.execute("BEGIN; SELECT FROM daybook_events.shards FOR UPDATE")
  let results = Mutex<[Bool]>([])
  for index in 0..<5 {
    appender.submit(try TestCommand.record([("a", Int64(index), 1)], to: appender)) { result in
      results.withLock { $0.append((try? result.get()) != nil) }
    }
  }
  #expect(results.withLock { $0 } == [false, false])
  #expect(appender.load.commands == 3)
  try harness.connection.execute("ROLLBACK")
  try waitUntil("the commands that were taken in") { results.withLock { $0.count } == 5 }
  #expect(results.withLock { $0 } == [false, false, true, true, true])
  try waitUntil("the limits to be free again") { appender.load.commands == 0 && appender.load.bytes == 0 }
}
