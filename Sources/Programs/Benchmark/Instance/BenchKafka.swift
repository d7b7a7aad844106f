import Glibc
package import Kafka
import Runtime

/// Brokers that a benchmark's instance uses, with a topic of its own, which is deleted afterwards.
package struct BenchKafka: Sendable {
  private let settings: KafkaSettings
  private let configFile: String?
  let topic = "daybook.bench.\(getpid()).\(MonotonicClock.now)"

  /// - Parameter configFile: where `settings` have their properties from, for the children.
  package init(_ settings: KafkaSettings, configFile: String?) {
    self.settings = settings
    self.configFile = configFile
  }

  var environment: [String: String] {
    [
      "DAYBOOK_KAFKA": settings.servers, "DAYBOOK_KAFKA_TOPIC": topic, "DAYBOOK_KAFKA_CONFIG": configFile ?? "",
    ]
  }

  /// Brokers that are away by now keep the topic.
  func removeTopic() {
    try? KafkaAdmin(settings, logger: Logger(program: "bench", level: .error)).delete(topic)
  }
}
