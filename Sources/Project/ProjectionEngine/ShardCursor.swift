package import ReadStore

/// Which event of a shard a build wants next: what is applied, not yet flushed included.
package struct ShardCursor: Equatable {
  package enum Decision: Equatable {
    /// It is the next one.
    case apply
    /// The build has it.
    case skip
    /// There are events before it that the build lacks: ask the store for those, this one will come again.
    case heal
  }

  package private(set) var progress: ShardProgress

  package init(_ progress: ShardProgress) { self.progress = progress }

  package func decide(_ position: Int64) -> Decision {
    if position <= progress.position { return .skip }
    return position == progress.position + 1 ? .apply : .heal
  }

  /// After the event was applied. One without an offset leaves the offset of the one before.
  package mutating func advance(hash: [UInt8], offset: Int64?) {
    progress.position += 1
    progress.hash = hash
    progress.offset = offset ?? progress.offset
  }
}
