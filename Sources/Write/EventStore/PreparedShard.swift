import Events

/// What a command adds to one shard.
struct PreparedShard: Sendable {
  enum Content: Sendable {
    /// Nothing is missing but the place in the log: packed by the thread that submitted it.
    case packed([PreparedEvent])
    /// Samples of which some series are new: the columns wait for their numbers.
    case waiting(SampleColumns, SampleMode)
  }

  let shard: Int
  let content: Content

  /// Bytes that it takes in memory, roughly.
  var bytes: Int {
    switch content {
    case .packed(let events): events.reduce(0) { $0 + $1.payload.count + 64 }
    case .waiting(let samples, _): samples.count * 24
    }
  }
}
