import CKafka
package import Runtime

/// Sends messages to one topic, idempotent and acknowledged by all replicas in sync: within one producer the messages of a
/// partition are appended once and in order. Used by one thread.
///
/// Messages belong to batches, numbered by the caller; a batch is on the topic when none of its messages is outstanding
/// and `failure` is nil. After a failure the producer is of no use any more: make another one, and send again what was not
/// on the topic. What the first one had on the way may still arrive.
package final class KafkaProducer {
  private let handle: KafkaHandle
  private let topic: OpaquePointer
  private let fields: UnsafeMutablePointer<rd_kafka_vu_t>
  private static let fieldCount = 7
  private let deliveries = Deliveries()

  /// - Parameter memoryLimit: bytes that may wait in the producer, message values and librdkafka's own.
  /// - Throws: when librdkafka refuses the settings. Nothing is sent, and nobody asked, before the first message.
  package init(_ settings: KafkaSettings, topic name: String, memoryLimit: Int, logger: Logger) throws(KafkaError) {
    let callbacks = KafkaCallbacks(logger: logger)
    handle = try KafkaHandle(
      RD_KAFKA_PRODUCER, settings,
      [
        KafkaProperty("enable.idempotence", "true"), KafkaProperty("acks", "all"),
        KafkaProperty("compression.codec", "zstd"), KafkaProperty("compression.level", "1"),
        // Latency of a message that is alone; whoever sends many has them waiting anyway.
        KafkaProperty("linger.ms", "2"), KafkaProperty("batch.size", "1000000"),
        KafkaProperty("queue.buffering.max.kbytes", "\(max(1_024, memoryLimit / 1_024))"),
        KafkaProperty("queue.buffering.max.messages", "1000000"),
        // From then on a message that cannot be sent counts as failed, and its producer is given up.
        KafkaProperty("message.timeout.ms", "60000"), KafkaProperty("topic.metadata.refresh.interval.ms", "10000"),
      ], callbacks)
    guard let topic = rd_kafka_topic_new(handle.raw, name, nil) else {
      throw KafkaError("use topic \(name)", rd_kafka_last_error())
    }
    self.topic = topic
    fields = .allocate(capacity: Self.fieldCount)
    fields.initialize(repeating: rd_kafka_vu_t(), count: Self.fieldCount)
    fields[0].vtype = RD_KAFKA_VTYPE_RKT
    fields[0].u.rkt = topic
    fields[1].vtype = RD_KAFKA_VTYPE_PARTITION
    fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS
    fields[2].u.i = Int32(RD_KAFKA_MSG_F_COPY)
    fields[3].vtype = RD_KAFKA_VTYPE_VALUE
    fields[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP
    fields[5].vtype = RD_KAFKA_VTYPE_OPAQUE
    fields[6].vtype = RD_KAFKA_VTYPE_HEADERS
    callbacks.delivered = { [deliveries] in deliveries.note($0, $1) }
  }

  /// Drops what is not sent, without waiting for what is on its way.
  deinit {
    rd_kafka_purge(handle.raw, Int32(RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT))
    // Whoever is told now is told of failures that nobody asks for any more.
    rd_kafka_poll(handle.raw, 0)
    rd_kafka_topic_destroy(topic)
    fields.deallocate()
  }

  /// The first message that could not be delivered, or what ended the producer as a whole.
  package var failure: KafkaError? { deliveries.failure }

  /// What went wrong on the way since it was last asked, and is tried again.
  package func takeTrouble() -> KafkaError? { handle.callbacks.takeError() }

  /// Whether a broker answers within `timeout`. Blocks.
  package func isReachable(_ timeout: Duration) -> Bool { handle.isReachable(timeout) }

  /// Messages of `batch` that are neither delivered nor failed.
  package func outstanding(_ batch: Int) -> Int { deliveries.outstanding[batch] ?? 0 }

  /// Queues a message; copies value and headers. False: the queue is full, `poll` and try again.
  /// - Parameters:
  ///   - timestamp: milliseconds since 1970.
  ///   - headers: adds them, in order.
  package func send(
    partition: Int32, timestamp: Int64, value: UnsafeRawBufferPointer, batch: Int, headerCount: Int,
    _ headers: (borrowing KafkaHeaders) -> Void
  ) throws(KafkaError) -> Bool {
    let made = KafkaHeaders(capacity: headerCount)
    headers(made)
    let given = made.give()
    fields[1].u.i32 = partition
    fields[3].u.mem.ptr = UnsafeMutableRawPointer(mutating: value.baseAddress)
    fields[3].u.mem.size = value.count
    fields[4].u.i64 = timestamp
    fields[5].u.ptr = UnsafeMutableRawPointer(bitPattern: batch)
    fields[6].u.headers = given
    guard let error = rd_kafka_produceva(handle.raw, fields, Self.fieldCount) else {
      deliveries.outstanding[batch, default: 0] += 1
      return true
    }
    rd_kafka_headers_destroy(given)
    if rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL {
      rd_kafka_error_destroy(error)
      return false
    }
    throw KafkaError("send an event", taking: error)
  }

  /// Takes delivery reports; waits until there is one or `timeout` has passed.
  package func poll(_ timeout: Duration) {
    rd_kafka_poll(handle.raw, KafkaText.milliseconds(timeout))
    guard deliveries.failure == nil, let error = handle.callbacks.takeErrorIfFatal(handle.raw) else { return }
    deliveries.failure = error
  }

  /// What became of the messages.
  private final class Deliveries {
    var outstanding: [Int: Int] = [:]
    var failure: KafkaError?

    func note(_ batch: Int, _ error: rd_kafka_resp_err_t) {
      let left = (outstanding[batch] ?? 0) - 1
      outstanding[batch] = left > 0 ? left : nil
      if error != RD_KAFKA_RESP_ERR_NO_ERROR, failure == nil { failure = KafkaError("deliver an event", error) }
    }
  }
}

extension KafkaCallbacks {
  /// What ended an idempotent producer for good.
  fileprivate func takeErrorIfFatal(_ handle: OpaquePointer) -> KafkaError? {
    var reason = [CChar](repeating: 0, count: 512)
    let code = rd_kafka_fatal_error(handle, &reason, reason.count)
    if code == RD_KAFKA_RESP_ERR_NO_ERROR { return nil }
    return KafkaError("go on sending", code, KafkaText.text(reason))
  }
}
