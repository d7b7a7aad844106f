import Postgres
import Runtime

/// The appender's thread: takes groups, appends them (a second one is sent while the first is under way), tries again what
/// failed for no fault of its own, finds the bad command where one was at fault, hands the answers over.
final class AppendLoop {
  private static let firstPause = Duration.milliseconds(20)
  private static let longestPause = Duration.seconds(1)
  /// How often an idle appender sees to its connection, so that `/readyz` knows of a Postgres that is away, and one that
  /// is back, before a command has to find out.
  private static let idleInterval = Duration.milliseconds(500)

  /// Nanoseconds that a command may wait for others: not felt by a person, and no more when the disk is slow.
  private static let longestGathering: UInt64 = 1_000_000
  /// Bytes, as the queue counts them, up to which a command is small: what it adds to a commit's time is little.
  private static let smallCommand = 2_048

  /// How many commands are worth a transaction of their own beside one that is under way. For fewer the server's fixed cost
  /// of a second one is more than what is gained by its not waiting for us (measured: 32 clients in one group at a time
  /// 31 thousand a second, in two 26; 256 clients in one 84, in two 126).
  private static let launchedCount = 32

  /// After a failed write commands are let in again after this time, to find out.
  private static let trialInterval = Duration.seconds(2)

  private let append: GroupAppend
  /// Groups that were sent and not answered, the oldest first.
  private var flights: [GroupAppend.Flight] = []
  private let queue: CommandQueue
  /// Gives the answers that belong to no queue of their own, while the next group is on its way to the disk. When that is
  /// slower than committing, the appender waits.
  private let answers: WorkThread
  private let notifier: CommitNotifier
  private let metrics: AppenderMetrics
  private let logger: Logger
  private let limits: AppenderLimits
  /// Told once, when the store turns out to be another one than at the start.
  private let storeRestored: @Sendable (String) -> Void
  private var isRestoredTold = false
  private var pause = AppendLoop.firstPause
  /// How many commands it had, their bytes, and how long it took. None: the queue was empty for a while.
  private var lastGroup: (count: Int, bytes: Int, nanoseconds: UInt64) = (0, 0, 0)
  /// When the store could not be written for the first time since the last commit or connection, and for the last time.
  private var failingSince: UInt64?
  private var lastFailure: UInt64 = 0

  init(
    append: GroupAppend, queue: CommandQueue, answers: WorkThread, notifier: CommitNotifier, metrics: AppenderMetrics,
    logger: Logger, limits: AppenderLimits, storeRestored: @escaping @Sendable (String) -> Void
  ) {
    self.storeRestored = storeRestored
    self.append = append
    self.queue = queue
    self.answers = answers
    self.notifier = notifier
    self.metrics = metrics
    self.logger = logger
    self.limits = limits
  }

  /// Until the queue is stopped and empty.
  func run() {
    while true {
      if let flight = flights.first {
        launchMore(behind: flight)
        if !flights.isEmpty { land() }
      } else {
        checkConnection()
        let deadline = MonotonicClock.deadline(after: Self.idleInterval)
        guard let group = queue.take(until: deadline, gathering: gathering) else { return }
        if group.isEmpty { lastGroup = (0, 0, 0) } else { begin(group) }
      }
    }
  }

  private func begin(_ group: [PendingCommand]) {
    let waiting = group.filter { !$0.isAnswered }
    if !waiting.isEmpty, let flight = append.launch(waiting) { return flights.append(flight) }
    // Its turn comes behind those in flight.
    while !flights.isEmpty { land() }
    let start = MonotonicClock.now
    process(Self.uniqueKeys(group).map { Part(commands: $0) })
    finish(group, since: start)
  }

  /// While a group of small commands is under way, those who were answered last send their next: puts these behind it as
  /// soon as they are there, so that the server need not wait for us in between. Waits for them less than the commit takes.
  private func launchMore(behind flight: GroupAppend.Flight) {
    guard flights.count < GroupAppend.flightLimit, isLastGroupSmall else { return }
    let now = MonotonicClock.now
    let deadline = min(flight.started &+ lastGroup.nanoseconds / 2, now &+ Self.longestGathering)
    let count = max(lastGroup.count, Self.launchedCount)
    if let group = queue.takeMore(count, least: Self.launchedCount, until: max(now, deadline)) { begin(group) }
  }

  /// Waits for the oldest group in flight. When it fails so does mostly the one behind it: that one is waited for, too, then
  /// each is tried again alone.
  private func land() {
    var landed: [(flight: GroupAppend.Flight, failed: (part: Part, failure: GroupFailure)?)] = []
    var isFailed = false
    repeat {
      let flight = flights.removeFirst()
      var part = Part(commands: flight.group)
      do {
        let given = try append.land(flight, isFollower: isFailed, lost: &part.lost)
        committed(given, count: flight.group.count, since: flight.started)
        landed.append((flight, nil))
      } catch {
        isFailed = true
        landed.append((flight, (part, error)))
      }
    } while isFailed && !flights.isEmpty
    for (flight, failed) in landed {
      if let failed {
        var parts: [Part] = []
        recover(failed.part, from: failed.failure, into: &parts)
        process(parts)
      }
      finish(flight.group, since: flight.started)
    }
  }

  private func finish(_ group: [PendingCommand], since start: UInt64) {
    queue.finishTaken()
    let bytes = group.reduce(0) { $0 + $1.prepared.bytes }
    lastGroup = (group.count, bytes, MonotonicClock.now &- start)
  }

  /// Those whose commands were in the last group often send the next at once when they have their answers. A commit of
  /// small commands costs nearly the same whatever is in it, so all who seem to be there are worth waiting for, for a part
  /// of the time that the last one took. A client that is alone waits for nobody, nor does one that sends much at a time.
  private var gathering: (count: Int, until: UInt64)? {
    guard lastGroup.count > 1, isLastGroupSmall else { return nil }
    let time = min(lastGroup.nanoseconds / 4 * 3, Self.longestGathering)
    return (lastGroup.count + queue.waitingCount, MonotonicClock.now &+ time)
  }

  private var isLastGroupSmall: Bool {
    lastGroup.count > 0 && lastGroup.bytes / lastGroup.count < Self.smallCommand
  }

  private func checkConnection() {
    do {
      let isNew = try append.connect()
      // A connection that lives says nothing of a disk that is full: after a failed write the next one is the trial, and
      // only a commit ends the failure.
      if isNew { failingSince = nil }
      if isNew || MonotonicClock.now &- lastFailure > UInt64(Self.trialInterval.nanoseconds) { becomeReady() }
    } catch {
      becomeUnavailable(error)
      sleep()
    }
  }

  /// A part of a group, with the tries at it whose outcome is open.
  private struct Part {
    var commands: [PendingCommand]
    var lost: [LostCommit] = []
  }

  private func process(_ pending: [Part]) {
    var parts = Array(pending.reversed())
    while var part = parts.popLast() {
      part.commands.removeAll(where: \.isAnswered)
      if part.commands.isEmpty { continue }
      do {
        try commit(&part)
      } catch {
        recover(part, from: error, into: &parts)
      }
    }
  }

  private func recover(_ part: Part, from failure: GroupFailure, into parts: inout [Part]) {
    switch failure {
    case .badData(let error): divide(part, error.description, into: &parts)
    case .retry(let error, let isAway):
      parts.append(part)
      metrics.retries.add()
      if isAway {
        becomeUnavailable(error)
      } else {
        logger.info("append has to be tried again", ["reason": error.description])
      }
      sleep()
    }
  }

  private func commit(_ part: inout Part) throws(GroupFailure) {
    let start = MonotonicClock.now
    let given = try append.append(part.commands, lost: &part.lost)
    committed(given, count: part.commands.count, since: start)
  }

  private func committed(_ given: [GroupAnswer], count: Int, since start: UInt64) {
    metrics.groupSeconds.observe(since: start)
    metrics.groupCommands.observe(Double(count))
    failingSince = nil
    becomeReady()
    notifier.committed()
    give(given)
  }

  /// Answers that belong to one queue are given by one work.
  private func give(_ answers: [GroupAnswer]) {
    var byQueue: [(queue: any WorkQueue, answers: [GroupAnswer])] = []
    for answer in answers {
      let queue: any WorkQueue = answer.command.queue ?? self.answers
      if let place = byQueue.firstIndex(where: { $0.queue === queue }) {
        byQueue[place].answers.append(answer)
      } else {
        byQueue.append((queue, [answer]))
      }
    }
    for (queue, answers) in byQueue { queue.run { for answer in answers { answer.give() } } }
  }

  /// One bad command never fails its neighbours: halves are tried on their own until it stands alone.
  private func divide(_ part: Part, _ reason: String, into parts: inout [Part]) {
    guard part.commands.count > 1 else {
      logger.warning("the database refuses a command's data", ["reason": reason])
      metrics.rejected.add()
      let rejected = AppendError.rejected(reason: "the database refuses this data, and would again")
      let command = part.commands[0]
      answers.run { command.answer(.failure(rejected)) }
      return
    }
    let middle = part.commands.count / 2
    parts.append(Part(commands: Array(part.commands[middle...]), lost: part.lost))
    parts.append(Part(commands: Array(part.commands[..<middle]), lost: part.lost))
  }

  /// The group in parts in each of which every idempotency key stands at most once. The first to come with a key is in the
  /// first part; the others find it stored when their part comes.
  static func uniqueKeys(_ group: [PendingCommand]) -> [[PendingCommand]] {
    if group.allSatisfy({ $0.prepared.idempotency == nil }) { return [group] }
    var parts: [[PendingCommand]] = [[]]
    var seen: [IdempotencyIdentity: Int] = [:]
    for command in group {
      guard let request = command.prepared.idempotency else {
        parts[0].append(command)
        continue
      }
      let place = seen[IdempotencyIdentity(request), default: 0]
      seen[IdempotencyIdentity(request)] = place + 1
      if place == parts.count { parts.append([]) }
      parts[place].append(command)
    }
    return parts.filter { !$0.isEmpty }
  }

  private func becomeReady() {
    pause = Self.firstPause
    if queue.availability.isReady { return }
    queue.becomeReady()
    logger.info("the event store can be written")
  }

  private func becomeUnavailable(_ error: PostgresError) {
    lastFailure = MonotonicClock.now
    let since = failingSince ?? lastFailure
    failingSince = since
    if queue.availability.isReady { logger.warning("the event store cannot be written", ["reason": error.description]) }
    queue.becomeUnavailable(Self.reason(error), since: since)
    if error.sqlState == AppendStatements.storeRestored, !isRestoredTold {
      isRestoredTold = true
      storeRestored(error.description)
    }
  }

  /// For clients: without the server's words.
  private static func reason(_ error: PostgresError) -> String {
    switch error.sqlState {
    case "53100": "the event store's disk is full"
    case "53300": "the event store has no connection left"
    case "25006": "the event store is read-only"
    case AppendStatements.storeRestored: "the event store was restored from a backup, and this service starts anew"
    case AppendStatements.eventsLost:
      "the event store was restored from a backup, and daybook migrate --restored was not run yet"
    default: error.isUnavailable ? "the event store is away" : error.safeDescription
    }
  }

  private func sleep() {
    MonotonicClock.sleep(for: pause)
    pause = min(pause * 2, Self.longestPause)
  }
}
