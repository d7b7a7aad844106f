import ReadStore

/// Which event of a shard a build wants next: what is applied, not yet flushed included.
struct ShardCursor: Equatable {
  enum Decision: Equatable {
    /// It is the next one.
    case apply
    /// The build has it.
    case skip
    /// There are events before it that the build lacks: ask the store for those, this one will come again.
    case heal
  }

  private(set) var progress: ShardProgress

  init(_ progress: ShardProgress) { self.progress = progress }

  func decide(_ position: Int64) -> Decision {
    if position <= progress.position { return .skip }
    return position == progress.position + 1 ? .apply : .heal
  }

  /// After the event was applied.
  mutating func advance(hash: [UInt8]) {
    progress.position += 1
    progress.hash = hash
  }
}
