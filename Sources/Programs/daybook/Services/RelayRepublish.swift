import EventFeed
import Events
import EventRelay
import Postgres
import Runtime

/// `daybook relay --republish`: sets cursors back and sees to it that what is behind them is sent again.
struct RelayRepublish {
  private static let interval = Duration.milliseconds(200)

  private let shard: Int?
  private let from: Int64

  init(_ options: ProgramOptions) throws(UsageError) {
    from = Int64(try options.integer(RelayProgram.from.flag, in: 1...Int.max))
    if let text = options[RelayProgram.shard.flag], !text.isEmpty {
      guard let number = Int(text), number >= 0 else {
        throw UsageError("--shard must be the number of a shard, 0 or more, not '\(text)'")
      }
      shard = number
    } else {
      shard = nil
    }
  }

  /// Ends when all that was in the store at the start is on the topic, or with a signal.
  func run(_ settings: RelaySettings, _ logger: Logger, _ termination: TerminationSignal) throws -> Int32 {
    let feed = try StoreFeed(settings.eventStore, application: "daybook relay republish")
    let cursors = try RelayCursors(
      settings.cursors, topic: settings.topic.name, application: "daybook relay republish")
    let heads = try feed.heads().filter { shard == nil || $0.shard == shard }
    guard !heads.isEmpty else {
      throw UsageError("--shard \(shard ?? 0): the store has \(feed.identity.shards) shards")
    }
    var goals: [Int: Int64] = [:]
    var total: Int64 = 0
    for head in heads where head.position >= from {
      try cursors.rewind(head.shard, to: from - 1, feed)
      goals[head.shard] = head.position
      total += head.position - from + 1
    }
    logger.info(
      "cursors set back", ["shards": "\(goals.count)", "from": "\(from)", "events": "\(total)"])
    if total == 0 { return ExitCode.success }
    let relay = EventRelay(settings: settings, logger: logger, metrics: MetricsRegistry())
    let running = OwnedThread("relay") { relay.run() }
    defer {
      relay.stop()
      running.join()
    }
    return try watch(relay, goals, total, cursors, logger, termination)
  }

  /// The relay of our own sends; where another one has the shards, this one stands by, and the cursors move all the same.
  private func watch(
    _ relay: EventRelay, _ goals: [Int: Int64], _ total: Int64, _ cursors: RelayCursors, _ logger: Logger,
    _ termination: TerminationSignal
  ) throws -> Int32 {
    var line = ProgressLine("republishing", total: Int(total), unit: "events")
    defer { line.end() }
    while true {
      let positions = try cursors.positions()
      let left = goals.reduce(Int64(0)) { $0 + max(0, $1.value - (positions[$1.key] ?? 0)) }
      line.show(Int(total - left))
      if left == 0 {
        line.end()
        logger.info("republished", ["events": "\(total)"])
        return ExitCode.success
      }
      if let fault = relay.status().stoppedShards.first { throw RelayError.stopped(fault) }
      if let signal = termination.wait(timeout: Self.interval) {
        line.end()
        logger.warning(
          "stopped before all was sent; a relay goes on with it", ["signal": signal, "left": "\(left)"])
        return ExitCode.failure
      }
    }
  }
}
