import EventFeed
import ProjectionKit
import ReadStore
import Runtime
import Synchronization

/// The engine's status, written by its thread and read by any.
final class StatusBoard: Sendable {
  private let status = Mutex(EngineStatus())
  private let publishedAt = Mutex<UInt64>(0)
  private let aliveAt = Atomic<UInt64>(MonotonicClock.now)

  /// Status is for people and scrapes: more often than this is waste.
  private static let interval: UInt64 = 50_000_000

  /// What was published last, with what the reader has seen since.
  func current(_ exchange: Exchange) -> EngineStatus {
    var current = status.withLock { $0 }
    let report = exchange.report
    current.builds = current.builds.map { $0.with(heads: report.heads) }
    current.feedUnavailable = report.unavailable
    let isBehind = current.builds.contains { $0.lag > 0 } || current.state != .running
    if isBehind, let oldest = exchange.oldestPending {
      current.lagSeconds = Double(max(0, WallClock.now &- oldest)) / 1e9
    }
    let alive = aliveAt.load(ordering: .relaxed)
    current.silence = .nanoseconds(Int64(clamping: MonotonicClock.now &- alive))
    return current
  }

  /// The engine's thread is at work.
  func beat() { aliveAt.store(MonotonicClock.now, ordering: .relaxed) }

  func waiting(_ reason: String) {
    status.withLock {
      $0.state = .waiting(reason)
      $0.builds = $0.builds.map { $0.withoutShards() }
    }
    publishedAt.withLock { $0 = 0 }
  }

  func stopped() { status.withLock { $0.state = .stopped } }

  func publish(_ session: EngineSession, health: BuildHealth) {
    let now = MonotonicClock.now
    let isDue = publishedAt.withLock { last in
      guard now &- last >= Self.interval else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let running = Dictionary(session.running.map { ($0.build.id, $0) }, uniquingKeysWith: { first, _ in first })
    let standing = session.standing.map { build in
      EngineStatus.Build(
        id: build.id, projection: build.projection, version: build.version, schema: build.schema,
        isActive: build.isActive, shards: [],
        stopped: "this program does not have version \(build.version) of \(build.projection)", isOfOtherVersion: true)
    }
    let builds = session.builds.map { build in
      EngineStatus.Build(
        id: build.id, projection: build.projection, version: build.version, schema: build.schema,
        isActive: build.isActive, shards: running[build.id].map(Self.shards) ?? [],
        stopped: health.stopped[build.id], load: running[build.id]?.fold.load)
    }
    status.withLock {
      $0.state = .running
      $0.builds = builds + standing
      $0.shards = session.shards
      $0.stoppedShards = session.stopped.faults
    }
  }

  private static func shards(_ build: RunningBuild) -> [EngineStatus.Shard] {
    build.heldShards.compactMap { shard in
      guard let progress = build.progress(shard) else { return nil }
      return EngineStatus.Shard(shard: shard, position: progress.position, head: progress.position)
    }
  }
}

extension EngineStatus.Build {
  /// `heads`: of the store, by shard.
  fileprivate func with(heads: [Int: Int64]) -> EngineStatus.Build {
    replacing(
      shards.map {
        EngineStatus.Shard(shard: $0.shard, position: $0.position, head: max(heads[$0.shard] ?? 0, $0.position))
      })
  }

  fileprivate func withoutShards() -> EngineStatus.Build { replacing([]) }

  private func replacing(_ shards: [EngineStatus.Shard]) -> EngineStatus.Build {
    EngineStatus.Build(
      id: id, projection: projection, version: version, schema: schema, isActive: isActive, shards: shards,
      stopped: stopped, isOfOtherVersion: isOfOtherVersion, load: load)
  }
}
