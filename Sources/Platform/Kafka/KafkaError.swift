import CKafka

/// What Kafka, or the way to it, refuses.
package struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What a loop does about it.
  package enum Disposition: Sendable {
    /// It passes: try again after a pause.
    case retry
    /// The same again fails again; a person has to do something.
    case fatal
  }

  /// What was tried, as in "cannot <operation>".
  package let operation: String
  /// The protocol's error code, or librdkafka's own below 0.
  package let code: Int32
  /// In librdkafka's or the broker's words; holds no message's content.
  package let message: String

  package init(_ operation: String, code: Int32, message: String) {
    self.operation = operation
    self.code = code
    self.message = message
  }

  init(_ operation: String, _ code: rd_kafka_resp_err_t, _ message: String? = nil) {
    let text = message.flatMap { $0.isEmpty ? nil : $0 } ?? String(cString: rd_kafka_err2str(code))
    self.init(operation, code: code.rawValue, message: text)
  }

  /// Takes over `error` and frees it.
  init(_ operation: String, taking error: OpaquePointer) {
    self.init(operation, rd_kafka_error_code(error), String(cString: rd_kafka_error_string(error)))
    rd_kafka_error_destroy(error)
  }

  var raw: rd_kafka_resp_err_t { rd_kafka_resp_err_t(rawValue: code) }

  /// A topic or partition that is not there (any more).
  package var isUnknownTopic: Bool {
    [
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    ].contains(raw)
  }

  /// An offset that the partition does not have (any more).
  package var isOffsetOutOfRange: Bool {
    [RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE].contains(raw)
  }

  package var disposition: Disposition {
    switch raw {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR_INVALID_CONFIG,
      RD_KAFKA_RESP_ERR_POLICY_VIOLATION, RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
      RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
      .fatal
    default: .retry
    }
  }

  package var description: String {
    "cannot \(operation): \(message) (\(String(cString: rd_kafka_err2name(raw))))"
  }
}
