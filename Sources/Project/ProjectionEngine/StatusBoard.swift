import EventFeed
import ReadStore
import Runtime
import Synchronization

/// The engine's status, written by its thread and read by any.
final class StatusBoard: Sendable {
  private let status = Mutex(EngineStatus())
  private let publishedAt = Mutex<UInt64>(0)

  /// Status is for people and scrapes: more often than this is waste.
  private static let interval: UInt64 = 50_000_000

  var current: EngineStatus { status.withLock { $0 } }

  func waiting(_ reason: String) {
    status.withLock {
      $0.state = .waiting(reason)
      $0.builds = $0.builds.map { build in
        EngineStatus.Build(
          id: build.id, projection: build.projection, version: build.version, schema: build.schema,
          isActive: build.isActive, shards: [], stopped: build.stopped)
      }
    }
    publishedAt.withLock { $0 = 0 }
  }

  func stopped() { status.withLock { $0.state = .stopped } }

  func publish(_ session: EngineSession, health: BuildHealth, report: ReaderReport) {
    let now = MonotonicClock.now
    let isDue = publishedAt.withLock { last in
      guard now &- last >= Self.interval else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let wall = WallClock.now
    let running = Dictionary(session.running.map { ($0.build.id, $0) }, uniquingKeysWith: { first, _ in first })
    let standing = session.standing.map { build in
      EngineStatus.Build(
        id: build.id, projection: build.projection, version: build.version, schema: build.schema,
        isActive: build.isActive, shards: [],
        stopped: "this program does not have version \(build.version) of \(build.projection)")
    }
    let builds = session.builds.map { build in
      EngineStatus.Build(
        id: build.id, projection: build.projection, version: build.version, schema: build.schema,
        isActive: build.isActive, shards: running[build.id].map { Self.shards($0, report) } ?? [],
        stopped: health.stopped[build.id])
    }
    status.withLock {
      $0.state = .running
      $0.builds = builds + standing
      $0.feedUnavailable = report.unavailable
      $0.lagSeconds = report.lags.values.map { $0.seconds(at: wall) }.max() ?? 0
    }
  }

  private static func shards(_ build: RunningBuild, _ report: ReaderReport) -> [EngineStatus.Shard] {
    build.heldShards.compactMap { shard in
      guard let progress = build.progress(shard) else { return nil }
      return EngineStatus.Shard(
        shard: shard, position: progress.position, head: max(report.heads[shard] ?? 0, progress.position))
    }
  }
}
