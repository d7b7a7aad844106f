import Events

/// What a command adds to one shard.
struct PreparedShard: Sendable {
  enum Content: Sendable {
    /// All series were known: packed by the thread that submitted it.
    case packed([PreparedEvent])
    /// Some are new: the columns wait for their numbers.
    case waiting(SampleColumns)
  }

  let shard: Int
  let content: Content

  /// Bytes that it takes in memory, roughly.
  var bytes: Int {
    switch content {
    case .packed(let events): events.reduce(0) { $0 + $1.payload.count + 64 }
    case .waiting(let samples): samples.count * 24
    }
  }
}
