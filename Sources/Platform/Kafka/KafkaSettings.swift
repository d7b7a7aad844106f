/// How to reach a cluster.
package struct KafkaSettings: Sendable {
  /// `host:port`, several apart by commas.
  package var servers: String
  /// librdkafka's settings, in order: how TLS and SASL are used, for example. May hold secrets: never to be shown.
  package var properties: [KafkaProperty]
  /// Shows in the broker's log and quotas.
  package var clientID: String

  package init(servers: String, properties: [KafkaProperty] = [], clientID: String = "daybook") {
    self.servers = servers
    self.properties = properties
    self.clientID = clientID
  }
}
