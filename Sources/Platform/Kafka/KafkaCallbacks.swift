import CKafka
import Runtime
import Synchronization

/// What librdkafka calls back. Kept by its handle for as long as that lives.
///
/// `@unchecked Sendable`: `delivered` and `rebalanced` are set before the first poll and run inside it, on the one thread
/// that polls; the rest is immutable or behind a lock.
final class KafkaCallbacks: @unchecked Sendable {
  typealias Rebalanced = (
    _ error: rd_kafka_resp_err_t, _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
  ) -> Void

  private let logger: Logger
  /// A message's end: the batch that it was sent with, and why it failed.
  var delivered: (_ batch: Int, _ error: rd_kafka_resp_err_t) -> Void = { _, _ in }
  /// Partitions were given (`RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS`) or taken away.
  var rebalanced: Rebalanced = { (_, _) in }
  private let lastError = Mutex<KafkaError?>(nil)

  init(logger: Logger) { self.logger = logger }

  /// The last error of the client as a whole since it was asked for: no broker can be reached, for example.
  func takeError() -> KafkaError? {
    lastError.withLock { error in
      defer { error = nil }
      return error
    }
  }

  func register(_ configuration: OpaquePointer, _ type: rd_kafka_type_t) {
    rd_kafka_conf_set_log_cb(configuration) { handle, level, facility, text in
      KafkaCallbacks.of(handle.flatMap { rd_kafka_opaque($0) })?.log(level, facility, text)
    }
    rd_kafka_conf_set_error_cb(configuration) { _, code, reason, opaque in
      // How long it tried and how often says nothing new each time.
      let text = reason.map { KafkaCallbacks.withoutCount(String(cString: $0)) }
      let error = KafkaError("talk to Kafka", rd_kafka_resp_err_t(rawValue: code), text)
      KafkaCallbacks.of(opaque)?.lastError.withLock { $0 = error }
    }
    if type == RD_KAFKA_PRODUCER {
      rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
        guard let message = message?.pointee else { return }
        KafkaCallbacks.of(opaque)?.delivered(Int(bitPattern: message._private), message.err)
      }
    } else {
      rd_kafka_conf_set_rebalance_cb(configuration) { _, error, partitions, opaque in
        KafkaCallbacks.of(opaque)?.rebalanced(error, partitions)
      }
    }
  }

  private static func withoutCount(_ text: String) -> String {
    text.firstRange(of: " (after ").map { String(text[..<$0.lowerBound]) } ?? text
  }

  private static func of(_ opaque: UnsafeMutableRawPointer?) -> KafkaCallbacks? {
    opaque.map { Unmanaged<KafkaCallbacks>.fromOpaque($0).takeUnretainedValue() }
  }

  /// `level`: of syslog(3).
  private func log(_ level: Int32, _ facility: UnsafePointer<CChar>?, _ text: UnsafePointer<CChar>?) {
    let facility = facility.map { String(cString: $0) } ?? ""
    let text = text.map { String(cString: $0) } ?? ""
    // librdkafka calls everything an error that it tries again by itself, and repeats itself twice a minute at most.
    switch text.hasSuffix("retrying") ? 7 : level {
    case ...2: logger.error("kafka", ["facility": facility, "text": text])
    case ...4: logger.warning("kafka", ["facility": facility, "text": text])
    default: logger.debug("kafka", ["facility": facility, "text": text])
    }
  }
}
