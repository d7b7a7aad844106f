package import Events
package import Runtime

/// "This is what the metric is". One event, in the shard of the series that has the metric's name and no labels.
package struct DescribeCommand: Sendable {
  package let id: UUIDv7
  package let metadata: EventMetadata
  package let content: MetricDescribed
  package let idempotency: IdempotencyRequest?
  /// See `Command.answer`.
  package let answer: @Sendable (AppendReceipt) -> StoredAnswer

  package init(
    id: UUIDv7 = UUIDv7(), metadata: EventMetadata, content: MetricDescribed,
    idempotency: IdempotencyRequest? = nil, answer: @escaping @Sendable (AppendReceipt) -> StoredAnswer
  ) {
    self.id = id
    self.metadata = metadata
    self.content = content
    self.idempotency = idempotency
    self.answer = answer
  }

  /// Of a store with so many shards.
  package func shard(of shards: Int) -> Int { ShardOf.series(content.metric.fingerprint, shards: shards) }
}
