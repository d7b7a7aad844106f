package import EventFeed
package import Kafka
package import Postgres

/// What a relay works with.
package struct RelaySettings: Sendable {
  /// As `daybook_feed`.
  package var eventStore: PostgresAddress
  /// The same database as `daybook_relay`.
  package var cursors: PostgresAddress
  package var kafka: KafkaSettings
  package var topic: RelayTopic
  package var application = "daybook relay"
  /// Of one batch: at most two are on their way to the brokers, and what is read of a third. Bounds memory.
  package var limits = FeedLimits(events: 8_192, bytes: 4 << 20, samples: .max)
  /// How often shards that another relay has are tried, and it is looked whether the cursors are still ours.
  package var tickInterval: Duration = .milliseconds(500)
  /// How long the feed waits for a notification before it looks by itself.
  package var pollInterval: Duration = .milliseconds(200)
  /// The least time between two fetches while events come, unless the first one was full.
  package var fetchInterval: Duration = .milliseconds(5)
  /// When a shard that cannot be gone on with is tried again.
  package var retryStopped: Duration = .seconds(30)

  package init(eventStore: PostgresAddress, cursors: PostgresAddress, kafka: KafkaSettings, topic: RelayTopic) {
    self.eventStore = eventStore
    self.cursors = cursors
    self.kafka = kafka
    self.topic = topic
  }
}
