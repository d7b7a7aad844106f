import Access
import Kafka
import EventRelay
import Runtime

/// How this process reaches Kafka, where it does at all.
struct KafkaOptions {
  static let kafka = ProgramOption(
    "--kafka", "HOST:PORT", environment: "DAYBOOK_KAFKA",
    "Kafka's brokers, several apart by commas. Empty: no Kafka, projectors read the event store.")
  static let topic = ProgramOption(
    "--kafka-topic", "NAME", environment: "DAYBOOK_KAFKA_TOPIC", default: RelayTopic.defaultName,
    "The topic of events. A store needs one of its own.")
  static let config = ProgramOption(
    "--kafka-config", "FILE", environment: "DAYBOOK_KAFKA_CONFIG",
    "File of librdkafka's settings, NAME=VALUE a line: TLS and SASL, for example. Readable by nobody else.")

  static let options = [kafka, topic, config]

  let settings: KafkaSettings
  let topic: String

  /// Nil: no Kafka.
  init?(_ options: ProgramOptions) throws(UsageError) {
    guard let servers = options[Self.kafka.flag], !servers.isEmpty else {
      // A topic may be set for all programs of a machine; a file of secrets for nothing is a mistake.
      if let file = options[Self.config.flag], !file.isEmpty {
        throw UsageError("--kafka-config needs brokers: give --kafka HOST:PORT, too")
      }
      return nil
    }
    topic = options[Self.topic.flag].flatMap { $0.isEmpty ? nil : $0 } ?? RelayTopic.defaultName
    guard Self.isTopicName(topic) else {
      throw UsageError(
        "--kafka-topic: '\(topic)' is no name of a topic: 1 to 249 letters, digits, dots, underscores and hyphens")
    }
    settings = KafkaSettings(servers: servers, properties: try Self.properties(options))
  }

  /// As brokers have it (Apache Kafka, `Topic.validate`).
  private static func isTopicName(_ name: String) -> Bool {
    guard (1...249).contains(name.utf8.count), name != ".", name != ".." else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
      default: false
      }
    }
  }

  private static func properties(_ options: ProgramOptions) throws(UsageError) -> [KafkaProperty] {
    guard let path = options[config.flag], !path.isEmpty else { return [] }
    let bytes: [UInt8]
    do throws(SecretFileError) { bytes = try SecretFile(path).read() } catch {
      throw UsageError("--kafka-config: \(error)")
    }
    do throws(KafkaPropertyError) {
      return try KafkaProperty.parse(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw UsageError("--kafka-config: \(path), \(error)")
    }
  }
}
