/// Where batches go. One per connection, confined to its thread.
protocol BatchDelivery {
  /// Delivers `batch`, the input from byte `offset` on, and returns what became of it. Throws where it makes no sense to
  /// go on.
  func deliver(_ batch: EncodedBatch, offset: Int, firstLine: Int) throws(SendError) -> BatchOutcome
}
