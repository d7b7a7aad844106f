import EventFeed
import Events
import Postgres
import ProjectionKit
import ReadStore
import Runtime

/// The engine from taking its first shard until anything fails or it is stopped. All memory of folds belongs to a session:
/// when it ends, its connections close, which rolls back what was open and gives the leases away, and the next session
/// takes the shards under new epochs and reads memory back from the rows. There is no other way of recovering.
/// Confined to the engine's thread.
final class EngineSession {
  private let settings: EngineSettings
  private let exchange: Exchange
  private let metrics: EngineMetrics
  private let store: ReadStore
  private let claims: any ShardClaims
  let identity: StoreIdentity
  /// Those that the registered projections have, given up or not.
  let builds: [Build]
  /// Those of other versions of the registered projections: they stand still.
  let standing: [Build]
  private(set) var running: [RunningBuild] = []
  /// Those that cannot be read on; outlives the session.
  let stopped: StoppedShards

  /// Told of the builds after each flush.
  private let flushed: ([RunningBuild]) -> Void
  /// Told after each round.
  private let publish: (EngineSession) -> Void

  private var generation = 0
  /// It is being decided whose the shards are: nothing may be written.
  private var isUnsettled = false
  private var nextTick: UInt64 = 0
  private var identityCheckedAt = MonotonicClock.now
  private var lastEventAt: UInt64 = 0
  private var maintainedAt = MonotonicClock.now
  /// Builds whose fold said that there is no more, until the next flush or tick.
  private var folded: Set<Int32> = []

  /// Connects, and makes the builds that are missing.
  /// - Parameter givenUp: builds that are not to be projected.
  init(
    settings: EngineSettings, exchange: Exchange, metrics: EngineMetrics, givenUp: Set<Int32>, stopped: StoppedShards,
    firstGeneration: Int, flushed: @escaping ([RunningBuild]) -> Void, publish: @escaping (EngineSession) -> Void
  ) throws {
    self.settings = settings
    self.exchange = exchange
    self.metrics = metrics
    self.stopped = stopped
    self.flushed = flushed
    self.publish = publish
    generation = firstGeneration
    identity = try settings.openStore().identity
    store = try ReadStore(settings.readStore, application: settings.application)
    claims = try settings.openClaims { exchange.claimsChanged() }
    var all: [Build] = []
    for projection in settings.projections {
      for build in try store.ensureBuild(of: projection, store: identity) {
        all.append(build)
        if givenUp.contains(build.id) { continue }
        running.append(RunningBuild(build, projection: projection))
      }
    }
    builds = all
    let names = Set(settings.projections.map(\.name))
    standing = try store.builds().filter { names.contains($0.projection) && !all.contains($0) }
    stopped.tryAll()
  }

  var lastGeneration: Int { generation }
  var shards: Int { identity.shards }

  func publishViews() throws(PostgresError) -> ViewsOutcome { try store.publishViews() }

  /// Returns when the engine is stopping; throws whatever ends the session otherwise.
  func run() throws {
    // For nothing yet: the feed is opened, and what keeps it from reading is known.
    orderEvents()
    while true {
      if MonotonicClock.now >= nextTick { try tick() }
      switch exchange.next(until: nextDeadline(), takesBatches: !isUnsettled) {
      case .stopping: return
      case .failed(let error): throw error
      case .claimsChanged: try tick()
      case .batch(let batch): try project(batch)
      case nil: break
      }
      if !isUnsettled {
        try foldWhatIsDue()
        try maintainIfDue()
      }
      publish(self)
    }
  }

  // MARK: Shards

  private func tick() throws {
    nextTick = MonotonicClock.deadline(after: settings.leaseInterval)
    folded.removeAll()
    if store.noticeIfClosed() {
      throw PostgresError(
        "project", message: "the read store has closed the connection", isConnectionLost: true)
    }
    try claims.check()
    isUnsettled = claims.isUnsettled()
    if isUnsettled { return }
    try checkIdentityIfStopped()
    let hasLost = letGoOfLost()
    let hasTaken = try takeMissing()
    stopped.keep { shard in running.contains { $0.holds(shard) } }
    try noteWhatGoesOn()
    let triesAgain = stopped.tryDue()
    if hasLost || hasTaken || triesAgain { orderEvents() }
  }

  /// What a build or a shard was stopped for may be over once a restored store was told so and has a new generation.
  /// Nobody else would notice here: what is stopped asks for no events.
  private func checkIdentityIfStopped() throws {
    guard running.count < builds.count || !stopped.faults.isEmpty else { return }
    guard MonotonicClock.now &- identityCheckedAt >= UInt64(settings.identityInterval.nanoseconds) else { return }
    identityCheckedAt = MonotonicClock.now
    let actual = try settings.openStore().identity
    guard actual == identity else { throw FeedError.otherStore(expected: identity, actual: actual) }
  }

  /// Returns whether any was lost. Nothing is applied here that is not flushed.
  private func letGoOfLost() -> Bool {
    let held = running.flatMap { build in build.heldShards.map(build.key) }
    let lost = claims.lost(of: Set(held))
    for build in running {
      for shard in build.heldShards where lost.contains(build.key(shard)) { build.letGo(shard) }
    }
    return !lost.isEmpty
  }

  /// Returns whether any was taken.
  private func takeMissing() throws -> Bool {
    var missing: [BuildShard: RunningBuild] = [:]
    for build in running {
      for shard in 0..<identity.shards where !build.holds(shard) { missing[build.key(shard)] = build }
    }
    if missing.isEmpty { return false }
    let taken = try claims.take(missing.keys.sorted())
    for key in taken {
      guard let build = missing[key] else { continue }
      try take(key, for: build)
    }
    return !taken.isEmpty
  }

  private func take(_ key: BuildShard, for build: RunningBuild) throws {
    let progress = try store.take(key) { _, transaction in
      do {
        try build.fold.restore(shard: key.shard, from: transaction)
      } catch {
        throw BuildFailure(build: build.build.id, cause: error)
      }
    }
    build.hold(key.shard, progress)
  }

  /// Tells the reader to start from what the builds have in their rows, and to leave out the shards that are stopped.
  private func orderEvents() {
    var marks: [Int: FeedMark] = [:]
    var checks: [FeedMark] = []
    for build in running {
      for shard in build.heldShards {
        guard let progress = build.progress(shard) else { continue }
        let mark = FeedMark(
          shard: shard, position: progress.position, hash: progress.hash, offset: progress.offset)
        if !stopped.isLeftOut(shard) { checks.append(mark) }
        if let least = marks[shard], least.position <= mark.position { continue }
        marks[shard] = mark
      }
    }
    let sorted = marks.values.sorted { $0.shard < $1.shard }
    generation += 1
    exchange.give(
      ReaderOrder(
        generation: generation, identity: identity, marks: sorted.filter { !stopped.isLeftOut($0.shard) },
        leftOut: sorted.filter { stopped.isLeftOut($0.shard) }, checks: checks))
  }

  // MARK: Stopped shards

  /// For each projection: what one cannot read, none can.
  private func stop(at fault: FeedFault) throws {
    stopped.note(fault)
    try store.note(fault.description, for: held(fault.shard))
  }

  private func noteWhatGoesOn() throws {
    let report = exchange.report
    guard report.generation == generation else { return }
    // Where it stood, there is an event that can be read, or nothing any more.
    let settled = stopped.settle { fault in
      guard let read = report.read[fault.shard], let head = report.heads[fault.shard] else { return false }
      return read >= min(fault.position, head)
    }
    for shard in settled { try store.note(nil, for: held(shard)) }
  }

  private func held(_ shard: Int) -> [BuildShard: ShardProgress] {
    var held: [BuildShard: ShardProgress] = [:]
    for build in running { held[build.key(shard)] = build.progress(shard) }
    return held
  }

  // MARK: Events

  private func project(_ batch: ReaderBatch) throws {
    if !batch.events.isEmpty { try apply(batch) }
    for fault in batch.faults { try stop(at: fault) }
    let needsHealing = running.contains(where: \.needsHealing)
    if needsHealing {
      metrics.heals.add()
      for build in running { build.healed() }
    }
    if needsHealing || !batch.faults.isEmpty { orderEvents() }
  }

  private func apply(_ batch: ReaderBatch) throws {
    let started = MonotonicClock.now
    var applied = running.map { _ in (events: 0, samples: 0) }
    for event in batch.events {
      for (index, build) in running.enumerated() where try apply(event, to: build) {
        applied[index].events += 1
        if case .samplesRecorded(_, let columns) = event.content { applied[index].samples += columns.count }
      }
    }
    try flush()
    exchange.flushed()
    for (build, count) in zip(running, applied) {
      metrics.events[build.build.projection].add(count.events)
      metrics.samples[build.build.projection].add(count.samples)
    }
    metrics.batchEvents.observe(Double(batch.events.count))
    metrics.flushSeconds.observe(since: started)
    lastEventAt = MonotonicClock.now
  }

  private func apply(_ event: DecodedEvent, to build: RunningBuild) throws -> Bool {
    do { return try build.apply(event) } catch { throw BuildFailure(build: build.build.id, cause: error) }
  }

  /// All builds in one transaction, so that they stand at equal progress.
  private func flush() throws {
    let dirty = running.filter(\.isDirty)
    if dirty.isEmpty { return }
    var fence = Fence()
    for build in dirty { build.addMoves(to: &fence) }
    try store.write(fence, at: WallClock.now, notify: true) { transaction in
      for build in dirty {
        do { try build.fold.flush(transaction) } catch { throw BuildFailure(build: build.build.id, cause: error) }
      }
    }
    for build in dirty {
      build.flushCommitted()
      folded.remove(build.build.id)
    }
    claims.flushed(offsets)
    flushed(dirty)
  }

  /// By shard the least that a build has in its rows, as far as known.
  private var offsets: [Int: Int64] {
    var offsets: [Int: Int64] = [:]
    for build in running {
      for shard in build.heldShards {
        guard let offset = build.progress(shard)?.offset else { continue }
        offsets[shard] = min(offsets[shard] ?? offset, offset)
      }
    }
    return offsets
  }

  // MARK: Folds

  private var moment: ProjectionMoment { ProjectionMoment(wall: WallClock.now, monotonic: MonotonicClock.now) }

  private var isQuiet: Bool {
    MonotonicClock.now >= lastEventAt &+ UInt64(settings.quietTime.nanoseconds)
  }

  private func foldWhatIsDue() throws {
    for build in running where !folded.contains(build.build.id) {
      switch build.fold.foldDemand(at: moment) {
      case .none: break
      case .whenQuiet: if MonotonicClock.now >= quietFold(build) { try foldSlice(build) }
      case .betweenFlushes: try foldSlice(build)
      case .atOnce:
        while !folded.contains(build.build.id), build.fold.foldDemand(at: moment) == .atOnce, !exchange.isInterrupted {
          try foldSlice(build)
          publish(self)
        }
      }
    }
  }

  /// When a fold that waits for quiet may be done, if nothing comes before.
  private func quietFold(_ build: RunningBuild) -> UInt64 {
    max(lastEventAt &+ UInt64(settings.quietTime.nanoseconds), build.credit.availableFrom)
  }

  private func foldSlice(_ build: RunningBuild) throws {
    let started = MonotonicClock.now
    defer { build.credit.spend(MonotonicClock.now - started, now: MonotonicClock.now) }
    let before = build.fold.load?.samples ?? 0
    let more = try write(build) { fold, transaction, moment in try fold.fold(transaction, at: moment) }
    build.fold.foldCommitted()
    metrics.foldedSamples[build.build.projection].add(before - (build.fold.load?.samples ?? 0))
    metrics.foldSeconds[build.build.projection].observe(since: started)
    if !more { folded.insert(build.build.id) }
  }

  private func maintainIfDue() throws {
    let interval = UInt64(settings.maintenanceInterval.nanoseconds)
    let age = MonotonicClock.now &- maintainedAt
    guard age >= (isQuiet ? interval : 3 &* interval) else { return }
    var more = false
    for build in running where !build.heldShards.isEmpty {
      if try write(build, { fold, transaction, moment in try fold.maintain(transaction, at: moment) }) { more = true }
    }
    if !more { maintainedAt = MonotonicClock.now }
  }

  /// A fenced transaction of one build that moves no progress.
  private func write(
    _ build: RunningBuild,
    _ body: (any ProjectionFold, any ReadTransaction, ProjectionMoment) throws -> Bool
  ) throws -> Bool {
    var fence = Fence()
    build.addStands(to: &fence)
    let moment = moment
    var more = false
    try store.write(fence, at: moment.wall, notify: false) { transaction in
      do {
        more = try body(build.fold, transaction, moment)
      } catch {
        throw BuildFailure(build: build.build.id, cause: error)
      }
    }
    return more
  }

  /// Until when nothing but a batch or the end is of interest.
  private func nextDeadline() -> UInt64 {
    var deadline = nextTick
    if isUnsettled { return deadline }
    let moment = moment
    for build in running where !folded.contains(build.build.id) {
      switch build.fold.foldDemand(at: moment) {
      case .none: break
      case .whenQuiet: deadline = min(deadline, quietFold(build))
      case .betweenFlushes, .atOnce: return moment.monotonic
      }
    }
    return deadline
  }
}
