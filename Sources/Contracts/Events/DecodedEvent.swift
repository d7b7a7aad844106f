/// An event with its payload taken apart: what a projection folds. Made by EventFeed, which decompresses.
package struct DecodedEvent: Sendable {
  package enum Content: Sendable {
    /// In ascending order of id.
    case seriesRegistered([SeriesRegistered.Entry])
    /// In the order in which they were sent; never empty.
    case samplesRecorded(mode: SampleMode, samples: SampleColumns)
    /// Indirect: the others are many, and should stay small.
    indirect case metricDescribed(MetricDescribed)
  }

  package let shard: Int
  package let position: Int64
  /// Nanoseconds since 1970 UTC.
  package let recordedAt: Int64
  /// 32 bytes: the event's hash as stored.
  package let hash: [UInt8]
  /// Where Kafka had it; nil: it did not come from there.
  package let offset: Int64?
  package let content: Content

  package init(
    shard: Int, position: Int64, recordedAt: Int64, hash: [UInt8], offset: Int64? = nil, content: Content
  ) {
    self.shard = shard
    self.position = position
    self.recordedAt = recordedAt
    self.hash = hash
    self.offset = offset
    self.content = content
  }
}
