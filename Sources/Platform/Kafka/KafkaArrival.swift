/// What a consumer's poll gave.
package enum KafkaArrival: ~Copyable {
  case message(KafkaMessage)
  /// There is nothing behind this offset at the moment: it is that of the next message. Comes once each time.
  case end(partition: Int, offset: Int64)
  /// Of one partition.
  case partitionFailed(partition: Int, error: KafkaError)
  /// Of the consumer as a whole; it goes on trying.
  case failed(KafkaError)
  case nothing
}
