import Commands
import Events
import Postgres
import Runtime

/// Appends groups of commands, one transaction each, in the order of steps that design §4 fixes: keys, heads in order of
/// shard, new series under the lock, then events, heads, answers of the keys and COMMIT. Confined to the appender's thread.
final class GroupAppend {
  private let address: PostgresAddress
  private let identity: StoreIdentity
  private let timeouts: PostgresTimeouts
  private let cache: SeriesCache
  private let metrics: AppenderMetrics
  private let logger: Logger
  private var session: StoreSession?
  /// The newest heads that sessions before this one have seen.
  private var seen: [ShardHead] = []

  /// How many groups more go by the lock although their heads are known: another service appends, too, and a
  /// compare-and-set that fails costs more than the lock query.
  private var lockedGroupsDue = 0
  private static let lockedGroupsAfterContention = 32

  init(
    _ address: PostgresAddress, identity: StoreIdentity, timeouts: PostgresTimeouts, cache: SeriesCache,
    metrics: AppenderMetrics, logger: Logger
  ) {
    self.timeouts = timeouts
    self.address = address
    self.identity = identity
    self.cache = cache
    self.metrics = metrics
    self.logger = logger
  }

  /// Connects if there is no session, or none that works. True when it has connected.
  @discardableResult
  func connect() throws(PostgresError) -> Bool {
    if let session, !session.connection.noticeIfClosed() { return false }
    if let session { seen = session.seen }
    session = nil
    session = try StoreSession(address, identity: identity, seen: seen, timeouts: timeouts)
    return true
  }

  /// One transaction for the whole group, in which every idempotency key stands at most once. `lost` are earlier tries
  /// with (at least) these commands whose outcome is open; a new one is added when the answer to this one's commit is lost.
  func append(_ group: [PendingCommand], lost: inout [LostCommit]) throws(GroupFailure) -> [GroupAnswer] {
    do {
      return try transact(group, &lost)
    } catch {
      session?.forgetHeads()
      session?.connection.rollbackIfNeeded()
      act(on: error)
      throw GroupFailure(error)
    }
  }

  private func transact(
    _ group: [PendingCommand], _ lost: inout [LostCommit]
  ) throws(PostgresError) -> [GroupAnswer] {
    try connect()
    guard let session else { preconditionFailure("BUG: connected without a session") }
    for transaction in lost { endBackend(of: transaction, session) }
    let keys = KeyClaims(group)
    let commands = group.map(\.prepared)
    let series = GroupSeries(commands, cache: cache)
    if lost.isEmpty, keys.isEmpty, series.unknown.isEmpty, lockedGroupsDue == 0,
      let heads = session.knownHeads(AppendPlan.shards(of: commands))
    {
      do {
        return try appendToKnownHeads(group, commands, series, heads, session, &lost)
      } catch {
        guard error.sqlState == AppendStatements.headsMoved else { throw error }
        metrics.contended.add()
        lockedGroupsDue = Self.lockedGroupsAfterContention
        session.forgetHeads()
      }
    }
    lockedGroupsDue = max(0, lockedGroupsDue - 1)
    return try appendUnderLocks(group, keys, series, session, &lost)
  }

  // MARK: One round trip

  /// Compares the heads with those that this service left behind and appends, in one statement. `recorded_at` is taken
  /// before the locks here; that is as good as after them, because the statement fails unless nobody has appended since.
  private func appendToKnownHeads(
    _ group: [PendingCommand], _ commands: [PreparedCommand], _ series: GroupSeries, _ heads: [Int: ShardHead],
    _ session: StoreSession, _ lost: inout [LostCommit]
  ) throws(PostgresError) -> [GroupAnswer] {
    var series = series
    let plan = AppendPlan(commands, series: &series, heads: heads, identity: identity, now: WallClock.now)
    let rejected = RejectedRows(commands)
    let committed = committed(group, plan, series, answers: [:], others: [])
    guard plan.rows.count > 0 || !rejected.isEmpty else { return settle(committed, session) }
    try commit(session, plan, committed, &lost) { () throws(PostgresError) in
      if rejected.isEmpty {
        _ = try session.connection.query(AppendStatements.append, plan.rows.parameters(generation: identity.generation))
      } else {
        // Without a BEGIN the two are one transaction, up to the pipeline's Sync.
        _ = try session.connection.pipeline { (pipeline) throws(PostgresError) in
          if plan.rows.count > 0 {
            try pipeline.add(AppendStatements.append, plan.rows.parameters(generation: identity.generation))
          }
          try rejected.add(to: &pipeline, at: plan.rows.recordedAt)
        }
      }
    }
    return settle(committed, session)
  }

  // MARK: In flight

  /// A group that was sent and not answered.
  struct Flight {
    let group: [PendingCommand]
    let started: UInt64
    fileprivate let committed: CommittedGroup
    fileprivate let evidence: CommitEvidence?
    /// The connection was lost while it was sent.
    fileprivate let failure: PostgresError?
  }

  /// Groups in flight: one that the server works on, and one at its door.
  static let flightLimit = 2

  /// Sends a group whose heads and series are all known, and does not wait. Nil, and nothing was done: it has to go by
  /// `append`, for which nothing may be in flight.
  ///
  /// The heads may be those that a group still in flight is going to leave. That is safe because the statement compares
  /// them, hashes included, with what is committed when its turn comes: when the group before it fails, they are not there,
  /// and it fails too (or, having no shard in common with it, needs none of it).
  func launch(_ group: [PendingCommand]) -> Flight? {
    guard let session, !session.connection.isBroken, lockedGroupsDue == 0 else { return nil }
    let commands = group.map(\.prepared)
    guard commands.allSatisfy({ $0.idempotency == nil && $0.rejected.isEmpty }) else { return nil }
    var series = GroupSeries(commands, cache: cache)
    guard series.unknown.isEmpty, let heads = session.knownHeads(AppendPlan.shards(of: commands)) else { return nil }
    let started = MonotonicClock.now
    let plan = AppendPlan(commands, series: &series, heads: heads, identity: identity, now: WallClock.now)
    guard plan.rows.count > 0 else { return nil }
    let committed = committed(group, plan, series, answers: [:], others: [])
    session.expect(committed.newHeads)
    if session.connection.inFlight > 0 { metrics.launchedBehind.add() }
    var failure: PostgresError?
    do {
      try session.connection.launch(
        AppendStatements.append, plan.rows.parameters(generation: identity.generation))
    } catch {
      failure = error
    }
    return Flight(
      group: group, started: started, committed: committed, evidence: plan.rows.evidence, failure: failure)
  }

  /// Waits for the outcome of the oldest group in flight, which is `flight`.
  /// - Parameter isFollower: a group that was in flight before it has failed, so its own failure means nothing.
  func land(
    _ flight: Flight, isFollower: Bool, lost: inout [LostCommit]
  ) throws(GroupFailure) -> [GroupAnswer] {
    guard let session else { preconditionFailure("BUG: a group in flight without a session") }
    do throws(PostgresError) {
      if let failure = flight.failure { throw failure }
      _ = try session.connection.land()
    } catch {
      session.forgetHeads()
      note(error, of: flight, isFollower, session, &lost)
      throw GroupFailure(error)
    }
    metrics.commitSeconds.observe(since: flight.started)
    session.saw(flight.committed.newHeads)
    count(flight.committed)
    return flight.committed.answers
  }

  private func note(
    _ error: PostgresError, of flight: Flight, _ isFollower: Bool, _ session: StoreSession, _ lost: inout [LostCommit]
  ) {
    noteIfLost(error, flight.evidence, flight.committed, session, &lost)
    if error.sqlState == AppendStatements.headsMoved, !isFollower {
      metrics.contended.add()
      lockedGroupsDue = Self.lockedGroupsAfterContention
    }
    act(on: error)
  }

  /// When the connection broke nobody knows whether the transaction was committed: it is noted in `lost`.
  private func noteIfLost(
    _ error: PostgresError, _ evidence: CommitEvidence?, _ committed: CommittedGroup, _ session: StoreSession,
    _ lost: inout [LostCommit]
  ) {
    guard error.isConnectionLost else { return }
    metrics.lostCommits.add()
    logger.warning("lost the answer to a commit; looking it up", ["reason": error.description])
    lost.append(LostCommit(evidence: evidence, backend: session.backend, committed: committed))
  }

  /// What a failure calls for before the next try. Sessions that hold a lock too long are looked for when nothing is in flight
  /// any more: that is a question to the server.
  private func act(on error: PostgresError) {
    if error.sqlState == "55P03", session?.connection.inFlight == 0 { endFrozenSessions() }
    // The next connection finds out who the store is now.
    if error.sqlState == AppendStatements.storeRestored { session?.connection.close() }
  }

  // MARK: Two round trips

  private struct Locked {
    var heads: [Int: ShardHead] = [:]
    var series: GroupSeries
    /// Commands whose key was there before.
    var endings: [Int: GroupAnswer.Ending] = [:]
    /// An earlier try that turns out to be committed.
    var committed: CommittedGroup?
  }

  private func appendUnderLocks(
    _ group: [PendingCommand], _ keys: KeyClaims, _ series: GroupSeries, _ session: StoreSession,
    _ lost: inout [LostCommit]
  ) throws(PostgresError) -> [GroupAnswer] {
    let locked = try lock(group, keys, series, session, lost)
    if let committed = locked.committed {
      session.connection.rollbackIfNeeded()
      defer { session.learn(Array(locked.heads.values)) }
      return settle(committed, session)
    }
    let rest = group.indices.filter { locked.endings[$0] == nil }
    let others = locked.endings.sorted { $0.key < $1.key }.map { GroupAnswer(command: group[$0.key], ending: $0.value) }
    metrics.keyReplays.add(others.count)
    let commands = rest.map { group[$0].prepared }
    var series = others.isEmpty ? locked.series : locked.series.keeping(commands)
    let plan = AppendPlan(commands, series: &series, heads: locked.heads, identity: identity, now: WallClock.now)
    let answers = Self.answers(commands, plan)
    let committed = committed(rest.map { group[$0] }, plan, series, answers: answers, others: others)
    let rejected = RejectedRows(commands)
    guard plan.rows.count > 0 || !answers.isEmpty || !rejected.isEmpty else {
      session.connection.rollbackIfNeeded()
      return settle(committed, session)
    }
    let stored = Dictionary(uniqueKeysWithValues: answers.map { (rest[$0.key], $0.value) })
    try commit(session, plan, committed, &lost) { () throws(PostgresError) in
      _ = try session.connection.pipeline { (pipeline) throws(PostgresError) in
        if plan.rows.count > 0 {
          try pipeline.add(AppendStatements.append, plan.rows.parameters(generation: identity.generation))
        }
        if !plan.registered.isEmpty {
          try pipeline.add(AppendStatements.insertSeries, SeriesRows.insert(plan.registered))
        }
        if !rejected.isEmpty { try rejected.add(to: &pipeline, at: plan.rows.recordedAt) }
        try keys.addAnswers(stored, to: &pipeline)
        try pipeline.add(sql: "COMMIT")
      }
    }
    return settle(committed, session)
  }

  /// BEGIN, keys, heads, registry: one round trip. Keys come before heads in every service, so that whoever waits for a
  /// key holds no shard.
  private func lock(
    _ group: [PendingCommand], _ keys: KeyClaims, _ series: GroupSeries, _ session: StoreSession, _ lost: [LostCommit]
  ) throws(PostgresError) -> Locked {
    var locked = Locked(series: series)
    let evidence = lost.filter { $0.evidence != nil }
    let results = try session.connection.pipeline { (pipeline) throws(PostgresError) in
      try pipeline.add(sql: "BEGIN")
      if !keys.isEmpty { try keys.add(to: &pipeline, now: WallClock.now) }
      try pipeline.add(AppendStatements.lockHeads, Self.lockParameters(group, evidence))
      if !series.unknown.isEmpty { try pipeline.add(AppendStatements.findSeries, SeriesRows.lookup(series.unknown)) }
      for transaction in evidence {
        guard let event = transaction.evidence else { continue }
        try pipeline.add(AppendStatements.findEvent, event.parameters)
      }
    }
    var next = 1
    if !keys.isEmpty {
      locked.endings = try keys.endings(results[next + 1])
      next += 2
    }
    for head in try ShardHead.read(results[next]) { locked.heads[head.shard] = head }
    session.learn(Array(locked.heads.values))
    next += 1
    if !series.unknown.isEmpty {
      try SeriesRows.read(results[next], into: &locked.series)
      next += 1
    }
    for (offset, transaction) in evidence.enumerated() where try results[next + offset].bool(0, 0) {
      locked.committed = transaction.committed
    }
    return locked
  }

  /// The shards of the group and, so that its evidence is final, of every transaction that is looked for.
  private static func lockParameters(_ group: [PendingCommand], _ lost: [LostCommit]) -> PostgresParameters {
    let shards = Set(
      AppendPlan.shards(of: group.map(\.prepared)) + lost.compactMap { $0.evidence.map { Int($0.shard) } })
    var parameters = PostgresParameters()
    parameters.int32Array(shards.sorted().map { Int32($0) })
    return parameters
  }

  // MARK: Commit

  /// Runs `body`, which ends in a commit.
  private func commit(
    _ session: StoreSession, _ plan: borrowing AppendPlan, _ committed: CommittedGroup, _ lost: inout [LostCommit],
    _ body: () throws(PostgresError) -> Void
  ) throws(PostgresError) {
    let start = MonotonicClock.now
    do {
      try body()
      metrics.commitSeconds.observe(since: start)
    } catch {
      noteIfLost(error, plan.rows.evidence, committed, session, &lost)
      throw error
    }
  }

  private func committed(
    _ group: [PendingCommand], _ plan: borrowing AppendPlan, _ series: GroupSeries, answers: [Int: StoredAnswer],
    others: [GroupAnswer]
  ) -> CommittedGroup {
    let receipts = plan.receipts
    var recorded: [GroupAnswer] = []
    recorded.reserveCapacity(group.count + others.count)
    for (index, command) in group.enumerated() {
      let answer = answers.isEmpty ? nil : answers[index]
      let appended = AppendedCommand(receipt: receipts[index], answer: answer)
      recorded.append(GroupAnswer(command: command, ending: .recorded(appended)))
    }
    return CommittedGroup(
      answers: recorded + others, newHeads: plan.rows.newHeads, learned: series.learned,
      registeredCount: plan.registered.count, sampleCount: receipts.reduce(0) { $0 + $1.accepted },
      eventCount: plan.rows.count, payloadBytes: plan.rows.payloadBytes)
  }

  /// The answers that are stored beside keys, by index in `commands`.
  private static func answers(_ commands: [PreparedCommand], _ plan: borrowing AppendPlan) -> [Int: StoredAnswer] {
    var answers: [Int: StoredAnswer] = [:]
    for (index, command) in commands.enumerated() where command.idempotency != nil {
      answers[index] = command.answer(plan.receipts[index])
    }
    return answers
  }

  /// Only after the commit: heads, cache and counters learn of it.
  private func settle(_ committed: CommittedGroup, _ session: StoreSession) -> [GroupAnswer] {
    session.learn(committed.newHeads)
    for (fingerprint, id) in committed.learned { cache.insert(fingerprint, id) }
    count(committed)
    return committed.answers
  }

  private func count(_ committed: CommittedGroup) {
    metrics.events.add(committed.eventCount)
    metrics.samples.add(committed.sampleCount)
    metrics.series.add(committed.registeredCount)
    metrics.bytes.add(committed.payloadBytes)
  }

  /// Only makes things quicker: evidence is looked for under the locks, which wait for that backend if it holds them.
  private func endBackend(of transaction: LostCommit, _ session: StoreSession) {
    do { try transaction.backend?.terminate(by: session.connection) } catch {
      logger.warning("cannot end the server process of a lost connection", ["reason": error.description])
    }
  }

  private func endFrozenSessions() {
    do { try session?.terminateFrozen() } catch {
      logger.warning("cannot end frozen sessions", ["reason": error.description])
    }
  }
}
