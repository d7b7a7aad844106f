import CKafka

/// One of librdkafka's settings.
package struct KafkaProperty: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// What correctness hangs on, and what is said in another way: not to be set in a file.
  private static let reserved: Set<String> = [
    "bootstrap.servers", "metadata.broker.list", "client.id", "group.id", "group.protocol", "enable.idempotence",
    "acks", "request.required.acks", "auto.offset.reset", "enable.auto.commit", "enable.auto.offset.store",
    "enable.partition.eof", "partition.assignment.strategy", "allow.auto.create.topics", "message.timeout.ms",
    "delivery.timeout.ms", "isolation.level", "transactional.id", "test.mock.num.brokers",
  ]

  /// Reads lines `name = value`; lines that are empty or begin with `#` are left out. Each name and value is tried on
  /// librdkafka.
  /// - Throws: what is wrong with which line, without the value.
  package static func parse(_ text: String) throws(KafkaPropertyError) -> [KafkaProperty] {
    var properties: [KafkaProperty] = []
    guard let trial = rd_kafka_conf_new() else { return [] }
    defer { rd_kafka_conf_destroy(trial) }
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = trimmed(line)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw KafkaPropertyError(line: index + 1, reason: "expected NAME=VALUE, as in security.protocol=SASL_SSL")
      }
      let property = KafkaProperty(trimmed(parts[0]), trimmed(parts[1]))
      if reserved.contains(property.name) {
        throw KafkaPropertyError(line: index + 1, reason: "\(property.name) is Daybook's own to set: leave it out")
      }
      switch rd_kafka_conf_set(trial, property.name, property.value, nil, 0) {
      case RD_KAFKA_CONF_OK: properties.append(property)
      case RD_KAFKA_CONF_UNKNOWN:
        throw KafkaPropertyError(line: index + 1, reason: "librdkafka knows no setting '\(property.name)'")
      default:
        throw KafkaPropertyError(line: index + 1, reason: "librdkafka refuses the value of \(property.name)")
      }
    }
    return properties
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
    return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
