/// What a fold holds in memory that is flushed and not folded, and what it may hold at most: for metrics.
package struct FoldLoad: Sendable, Hashable {
  package let samples: Int
  package let samplesLimit: Int
  package let bytes: Int
  package let bytesLimit: Int
  /// Since when the oldest of it is there, on the monotonic clock; nil while there is none.
  package let since: UInt64?

  package init(samples: Int, samplesLimit: Int, bytes: Int, bytesLimit: Int, since: UInt64?) {
    self.samples = samples
    self.samplesLimit = samplesLimit
    self.bytes = bytes
    self.bytesLimit = bytesLimit
    self.since = since
  }
}
