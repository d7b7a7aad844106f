package import EventFeed
package import Kafka

/// What a member of the projectors' consumer group works with.
package struct GroupSettings: Sendable {
  package var kafka: KafkaSettings
  package var topic: String
  /// The projectors of one read store, and no others. Asked for when it is needed; may throw while the store is away.
  package var group: @Sendable () throws -> String
  /// Opens the event store, from which holes are filled.
  package var openStore: @Sendable () throws(FeedError) -> StoreFeed
  /// Bytes of events that wait to be fetched; when there are more, reading pauses until half of it is left.
  package var memoryLimit = 32 << 20
  /// Bytes that librdkafka reads ahead beside that.
  package var prefetchLimit = 16 << 20
  /// A projector that dies without a word is missed after it. Brokers accept 6 seconds and more.
  package var sessionTimeout: Duration = .seconds(6)
  /// How long a rebalance waits until what is being written is written.
  package var revokeLimit: Duration = .seconds(5)
  /// How often it is looked whether events that are on the topic, by the relay's word, do not come.
  package var stallInterval: Duration = .seconds(1)

  package init(
    kafka: KafkaSettings, topic: String, group: @escaping @Sendable () throws -> String,
    openStore: @escaping @Sendable () throws(FeedError) -> StoreFeed
  ) {
    self.kafka = kafka
    self.topic = topic
    self.group = group
    self.openStore = openStore
  }
}
