/// Events on their way to the brokers.
struct RelayBatch {
  let number: Int
  /// Shard → its last event in the batch.
  let ends: [Int: (position: Int64, hash: [UInt8])]
  let events: Int
  let samples: Int
  let sentAt: UInt64
}
