import Kafka
import Runtime

/// The topic that events go to: partition N has shard N. Events stay on it for ever.
package struct RelayTopic: Sendable, Hashable {
  package static let defaultName = "daybook.events"

  package var name: String
  /// Copies of each partition, of a topic that the relay makes; nil: the brokers' default.
  package var replication: Int?
  /// How many copies must have an event before it counts as sent, of a topic that the relay makes; nil: the brokers' default.
  package var minInSync: Int?

  package init(_ name: String = RelayTopic.defaultName, replication: Int? = nil, minInSync: Int? = nil) {
    self.name = name
    self.replication = replication
    self.minInSync = minInSync
  }

  /// Makes the topic where it is missing.
  /// - Returns: whether it was.
  /// - Throws: `RelayError.partitions` when there is one with another number of partitions.
  func ensure(shards: Int, _ admin: KafkaAdmin) throws -> Bool {
    if let actual = try admin.partitions(of: name) {
      guard actual == shards else { throw RelayError.partitions(topic: name, expected: shards, actual: actual) }
      return false
    }
    var configuration = [KafkaProperty("retention.ms", "-1"), KafkaProperty("cleanup.policy", "delete")]
    if let minInSync { configuration.append(KafkaProperty("min.insync.replicas", "\(minInSync)")) }
    try admin.create(
      KafkaAdmin.NewTopic(name, partitions: shards, replication: replication, configuration: configuration))
    return true
  }
}
