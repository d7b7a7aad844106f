import Events
import ProjectionKit
import ReadStore
import Runtime

/// A build that this engine projects: its fold, and where it stands in each shard that the engine holds.
/// Confined to the engine's thread; lives as long as one session.
final class RunningBuild {
  let build: Build
  let fold: any ProjectionFold
  private var shards: [HeldShard?]
  /// Events are applied that are not flushed.
  private(set) var isDirty = false
  /// For folds in quiet moments.
  var credit = FoldCredit(now: MonotonicClock.now)
  /// An event came too early: the reader must start again from what the build has.
  private(set) var needsHealing = false

  private struct HeldShard {
    /// What is in the rows.
    var flushed: ShardProgress
    /// What is applied.
    var cursor: ShardCursor
  }

  init(_ build: Build, projection: any Projection) {
    self.build = build
    fold = projection.makeFold(schema: build.schema, shards: build.store.shards)
    shards = Array(repeating: nil, count: build.store.shards)
  }

  var heldShards: [Int] { shards.indices.filter { shards[$0] != nil } }

  func holds(_ shard: Int) -> Bool { shards[shard] != nil }

  /// What is in the rows, for a shard that is held.
  func progress(_ shard: Int) -> ShardProgress? { shards[shard]?.flushed }

  func key(_ shard: Int) -> BuildShard { BuildShard(build: build.id, shard: shard) }

  /// The shard is another projector's from now on: its rows are not touched any more.
  func letGo(_ shard: Int) {
    fold.forget(shard: shard)
    shards[shard] = nil
  }

  func hold(_ shard: Int, _ progress: ShardProgress) {
    shards[shard] = HeldShard(flushed: progress, cursor: ShardCursor(progress))
  }

  /// Applies the event if it is the next one of its shard; returns whether it was.
  func apply(_ event: DecodedEvent) throws -> Bool {
    guard shards.indices.contains(event.shard), let decision = shards[event.shard]?.cursor.decide(event.position) else {
      return false
    }
    switch decision {
    case .skip: return false
    case .heal:
      needsHealing = true
      return false
    case .apply:
      isDirty = true
      try fold.apply(event)
      shards[event.shard]?.cursor.advance(hash: event.hash, offset: event.offset)
      return true
    }
  }

  /// The shards that the next flush moves.
  func addMoves(to fence: inout Fence) {
    for shard in shards.indices {
      guard let held = shards[shard], held.cursor.progress != held.flushed else { continue }
      fence.add(key(shard), from: held.flushed, to: held.cursor.progress)
    }
  }

  /// All shards, where they are.
  func addStands(to fence: inout Fence) {
    for shard in shards.indices {
      if let held = shards[shard] { fence.add(key(shard), at: held.flushed) }
    }
  }

  func flushCommitted() {
    for shard in shards.indices {
      if let held = shards[shard] { shards[shard]?.flushed = held.cursor.progress }
    }
    isDirty = false
    fold.flushCommitted()
  }

  func healed() { needsHealing = false }
}
