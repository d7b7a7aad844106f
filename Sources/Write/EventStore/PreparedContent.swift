import Commands
import Events
import Hashing

/// What a command is to add to the log: all in which the kinds of commands differ.
struct PreparedContent: Sendable {
  /// Ascending by shard, only those that it adds to.
  let shards: [PreparedShard]
  /// Samples.
  let accepted: Int
  /// By the index that columns refer to; empty when every shard is packed.
  let newSeries: [NewSeries]
  let rejected: [RejectedSample]

  init(_ command: Command, cache: SeriesCache) {
    switch command {
    case .record(let command): self.init(command, cache: cache)
    case .describe(let command): self.init(command, shards: cache.shards)
    }
  }

  private init(_ command: DescribeCommand, shards: Int) {
    let event = PreparedEvent.of(command.content)
    self.shards = [PreparedShard(shard: command.shard(of: shards), content: .packed([event]))]
    accepted = 0
    newSeries = []
    rejected = []
  }

  private init(_ command: RecordCommand, cache: SeriesCache) {
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
    rejected = Array(command.rejected.prefix(RejectedSample.keptLimit))
  }

  /// Bytes that it takes in memory, roughly.
  var bytes: Int {
    shards.reduce(0) { $0 + $1.bytes } + newSeries.reduce(0) { $0 + $1.key.canonical.count * 3 + 100 }
      + rejected.count * 200
  }

  private static func content(
    _ samples: SampleColumns, known: [Int64?], mode: SampleMode, shards: Int
  ) -> PreparedShard.Content {
    guard !known.isEmpty, samples.series.contains(where: { $0 < 0 }) else {
      return .packed(PreparedEvent.all(of: samples, mode: mode, shards: shards))
    }
    var numbered = samples
    guard number(&numbered, known) else { return .waiting(samples, mode) }
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
