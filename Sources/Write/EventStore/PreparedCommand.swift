import Commands
import Events
import Hashing
import Runtime

/// A command as far as it can be worked out without the heads of its shards. Made by the thread that submits it, so that
/// packing runs on as many cores as there are submitters and the appender's thread has little left to do.
struct PreparedCommand: Sendable {
  let id: UUIDv7
  let mode: SampleMode
  let metadata: [UInt8]
  let actor: String
  let `protocol`: String
  /// Ascending by shard, only those with samples.
  let shards: [PreparedShard]
  let accepted: Int
  /// By the index that columns refer to; empty when every shard is packed.
  let newSeries: [NewSeries]
  let rejected: [RejectedSample]
  let idempotency: IdempotencyRequest?
  let answer: @Sendable (AppendReceipt) -> StoredAnswer
  /// What it counts against the limits.
  let bytes: Int

  init(_ command: RecordCommand, cache: SeriesCache) {
    id = command.id
    mode = command.mode
    metadata = command.metadata.encoded()
    actor = command.metadata.actor
    `protocol` = command.metadata.protocol
    rejected = Array(command.rejected.prefix(RejectedSample.keptLimit))
    idempotency = command.idempotency
    answer = command.answer
    let batch = command.batch
    precondition(batch.shards.count == cache.shards, "BUG: a batch for \(batch.shards.count) shards")
    // Another command may have brought the same series since this one was parsed.
    let known = batch.newSeries.map { cache.lookup($0.fingerprint)?.rawValue }
    var shards: [PreparedShard] = []
    for (shard, samples) in batch.shards.enumerated() where !samples.isEmpty {
      let content = Self.content(samples, known: known, mode: command.mode, shards: cache.shards)
      shards.append(PreparedShard(shard: shard, content: content))
    }
    let isWaiting = shards.contains { if case .waiting = $0.content { true } else { false } }
    self.shards = shards
    accepted = batch.count
    newSeries = isWaiting ? batch.newSeries : []
    bytes =
      512 + metadata.count + shards.reduce(0) { $0 + $1.bytes }
      + newSeries.reduce(0) { $0 + $1.key.canonical.count * 3 + 100 } + rejected.count * 200
  }

  private static func content(
    _ samples: SampleColumns, known: [Int64?], mode: SampleMode, shards: Int
  ) -> PreparedShard.Content {
    guard !known.isEmpty, samples.series.contains(where: { $0 < 0 }) else {
      return .packed(PreparedEvent.all(of: samples, mode: mode, shards: shards))
    }
    var numbered = samples
    guard number(&numbered, known) else { return .waiting(samples) }
    return .packed(PreparedEvent.all(of: numbered, mode: mode, shards: shards))
  }

  /// Puts ids in place of references to new series; false, and `samples` of no use, when one has none yet.
  static func number(_ samples: inout SampleColumns, _ ids: [Int64?]) -> Bool {
    samples.series.withUnsafeMutableBufferPointer { series in
      for index in series.indices where series[index] < 0 {
        let place = SampleBatch.newIndex(of: series[index])
        precondition(ids.indices.contains(place), "BUG: a reference to new series \(place) of \(ids.count)")
        guard let id = ids[place] else { return false }
        series[index] = id
      }
      return true
    }
  }
}
