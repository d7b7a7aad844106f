import Commands
import EventStore
import Events
import Runtime
import TestSupport
import Testing

@Suite struct DescribeTests {
  @Test func aDescriptionIsOneEventInTheShardOfItsName() throws {
    let harness = try StoreHarness()
    try harness.withAppender { appender in
      for name in ["cpu", "up", "memory", "a/b é"] {
        let command = try TestCommand.describe(name, unit: "s")
        guard case .recorded(let receipt, _) = try appender.record(command).get() else {
          Issue.record("not recorded")
          return
        }
        #expect(receipt.accepted == 0)
        let shard = ShardOf.series(try SeriesKey(name: name).fingerprint, shards: harness.identity.shards)
        #expect(receipt.token.positions.map(\.shard) == [shard])
      }
      // The log is checked as a whole, hashes and shards too.
      let events = try harness.log().of(.metricDescribed)
      #expect(Set(try events.map { try LogContent.description($0).metric.name }) == ["cpu", "up", "memory", "a/b é"])
      #expect(events.allSatisfy { $0.schemaVersion == 1 })
      #expect(try harness.count("SELECT count(*) FROM daybook_events.series") == 0)
    }
  }

  @Test func descriptionsAndSamplesShareGroupsInTheOrderOfTheirSubmission() throws {
    let harness = try StoreHarness(shards: 1)
    let registry = MetricsRegistry()
    let appender = harness.appender(registry: registry)
    defer { appender.stop() }
    let commands = try (0..<300).map { index in
      index % 3 == 0
        ? try TestCommand.describe("m\(index % 5)", unit: "\(index)")
        : try TestCommand.record([("m\(index % 5)", Int64(index), 1)], to: appender)
    }
    for result in appender.recordTogether(commands) { _ = try result.get() }
    let events = try harness.log().all.filter { $0.type != .seriesRegistered }
    #expect(
      events.map { UUIDv7(high: $0.commandHigh, low: $0.commandLow).description } == commands.map(\.id.description))
    let units = try events.filter { $0.type == .metricDescribed }.map { try LogContent.description($0).unit }
    #expect(units == stride(from: 0, to: 300, by: 3).map { .set("\($0)") })
    let groups = registry.exposition().split(separator: "\n").first {
      $0.hasPrefix("daybook_append_group_commands_count ")
    }
    #expect(try #require(groups?.split(separator: " ").last.flatMap { Int($0) }) < 100)
  }

  @Test func aKeyIsDescribedOnceAndItsAnswerIsRepeated() throws {
    let harness = try StoreHarness()
    try harness.withAppender { appender in
      let answers = try (0..<3).map { _ in
        try appender.record(try TestCommand.describe("m", unit: "s", key: "k")).get().answer
      }
      #expect(Set(answers.map(\.body)).count == 1)
      #expect(try harness.log().of(.metricDescribed).count == 1)
      // A record command under a key of its own in the same store is no stranger to it.
      _ = try appender.record(try TestCommand.record([("m", 1, 1)], to: appender, key: "other")).get()
      #expect(try harness.log().all.count == 3)
    }
  }

  @Test func aBadNeighbourDoesNotFailADescription() throws {
    let harness = try StoreHarness()
    try harness.withAppender { appender in
      let commands = try (0..<20).map { index in
        try TestCommand.describe("m\(index)", unit: "s", key: index == 7 ? TestCommand.badKey : nil)
      }
      let results = appender.recordTogether(commands)
      for (index, result) in results.enumerated() { #expect(((try? result.get()) != nil) == (index != 7)) }
      #expect(try harness.log().of(.metricDescribed).count == 19)
    }
  }
}
