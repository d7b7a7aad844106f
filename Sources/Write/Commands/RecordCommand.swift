package import Events
package import Runtime

/// "Record these samples".
package struct RecordCommand: Sendable {
  package let id: UUIDv7
  package let mode: SampleMode
  package let metadata: EventMetadata
  package let batch: SampleBatch
  /// What the protocol made us leave out; at most `RejectedSample.keptLimit` of them are stored.
  package let rejected: [RejectedSample]
  package let idempotency: IdempotencyRequest?
  /// See `Command.answer`.
  package let answer: @Sendable (AppendReceipt) -> StoredAnswer

  package init(
    id: UUIDv7 = UUIDv7(), mode: SampleMode, metadata: EventMetadata, batch: SampleBatch,
    rejected: [RejectedSample] = [], idempotency: IdempotencyRequest? = nil,
    answer: @escaping @Sendable (AppendReceipt) -> StoredAnswer
  ) {
    self.id = id
    self.mode = mode
    self.metadata = metadata
    self.batch = batch
    self.rejected = rejected
    self.idempotency = idempotency
    self.answer = answer
  }
}
