import CKafka
package import Runtime

/// Reads one topic as a member of a consumer group, which decides who reads which partition; where reading begins is the
/// caller's business, always. Used by one thread.
package final class KafkaConsumer {
  private let handle: KafkaHandle
  private let topic: String
  private var isClosed = false

  /// - Parameters:
  ///   - prefetchLimit: bytes that librdkafka reads ahead.
  ///   - sessionTimeout: a member that dies without leaving is missed after it.
  ///   - rebalanced: runs inside `poll` and `close`. Nothing is read before `assign` is called behind it.
  package init(
    _ settings: KafkaSettings, group: String, topic: String, prefetchLimit: Int, sessionTimeout: Duration,
    logger: Logger, rebalanced: @escaping (KafkaRebalance) -> Void
  ) throws(KafkaError) {
    self.topic = topic
    let callbacks = KafkaCallbacks(logger: logger)
    let session = KafkaText.milliseconds(sessionTimeout)
    handle = try KafkaHandle(
      RD_KAFKA_CONSUMER, settings,
      [
        KafkaProperty("group.id", group), KafkaProperty("partition.assignment.strategy", "range"),
        KafkaProperty("session.timeout.ms", "\(session)"), KafkaProperty("heartbeat.interval.ms", "\(session / 6)"),
        KafkaProperty("enable.auto.commit", "false"), KafkaProperty("enable.auto.offset.store", "false"),
        KafkaProperty("auto.offset.reset", "error"), KafkaProperty("enable.partition.eof", "true"),
        KafkaProperty("allow.auto.create.topics", "false"),
        KafkaProperty("queued.max.messages.kbytes", "\(max(1_024, prefetchLimit / 1_024))"),
        KafkaProperty("fetch.max.bytes", "\(max(2 << 20, prefetchLimit / 2))"),
        KafkaProperty("fetch.wait.max.ms", "100"), KafkaProperty("topic.metadata.refresh.interval.ms", "5000"),
        KafkaProperty("fetch.error.backoff.ms", "200"),
      ], callbacks)
    let raw = handle.raw
    callbacks.rebalanced = { error, partitions in
      if error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
        rebalanced(.assigned(Self.partitions(partitions)))
        // The group goes on only when it is answered: with nothing, until the caller says from where.
        let none = rd_kafka_topic_partition_list_new(1)
        rd_kafka_assign(raw, none)
        rd_kafka_topic_partition_list_destroy(none)
      } else {
        rebalanced(.revoked(isLost: rd_kafka_assignment_lost(raw) != 0))
        rd_kafka_assign(raw, nil)
      }
    }
    rd_kafka_poll_set_consumer(handle.raw)
  }

  deinit { close() }

  /// Joins the group; the answer comes as a rebalance.
  package func subscribe() throws(KafkaError) {
    try withList([]) { (list) throws(KafkaError) in
      rd_kafka_topic_partition_list_add(list, topic, -1)
      try check("join the consumer group", rd_kafka_subscribe(handle.raw, list))
    }
  }

  /// Leaves the group at once, so that others take over without waiting.
  package func close() {
    if isClosed { return }
    isClosed = true
    rd_kafka_consumer_close(handle.raw)
  }

  /// What is next; waits for it up to `timeout`.
  package func poll(_ timeout: Duration) -> KafkaArrival {
    guard let raw = rd_kafka_consumer_poll(handle.raw, KafkaText.milliseconds(timeout)) else { return .nothing }
    let (code, partition, offset) = (raw.pointee.err, Int(raw.pointee.partition), raw.pointee.offset)
    if code == RD_KAFKA_RESP_ERR_NO_ERROR { return .message(KafkaMessage(raw)) }
    let error = KafkaError("read from Kafka", code, rd_kafka_message_errstr(raw).map { String(cString: $0) })
    let hasPartition = raw.pointee.rkt != nil && partition >= 0
    rd_kafka_message_destroy(raw)
    if code == RD_KAFKA_RESP_ERR__PARTITION_EOF { return .end(partition: partition, offset: offset) }
    return hasPartition ? .partitionFailed(partition: partition, error: error) : .failed(error)
  }

  /// What went wrong on the way since it was last asked, and is tried again.
  package func takeTrouble() -> KafkaError? { handle.callbacks.takeError() }

  /// Whether a broker answers within `timeout`. Blocks.
  package func isReachable(_ timeout: Duration) -> Bool { handle.isReachable(timeout) }

  /// Reads these partitions from these offsets on, and no others; what was read ahead is dropped.
  package func assign(_ starts: [(partition: Int, start: KafkaStart)]) throws(KafkaError) {
    try withList(starts.map(\.partition)) { (list) throws(KafkaError) in
      for (index, start) in starts.enumerated() { list.pointee.elems[index].offset = start.start.raw }
      try check("read partitions", rd_kafka_assign(handle.raw, list))
    }
  }

  /// Stops reading these partitions until `resume`; the place stays.
  package func pause(_ partitions: [Int]) {
    if partitions.isEmpty { return }
    withList(partitions) { list in _ = rd_kafka_pause_partitions(handle.raw, list) }
  }

  package func resume(_ partitions: [Int]) {
    if partitions.isEmpty { return }
    withList(partitions) { list in _ = rd_kafka_resume_partitions(handle.raw, list) }
  }

  /// Tells the group how far this member is: `offset` is that of the next message. Does not wait, and a failure is
  /// nobody's loss: nothing is ever read from there.
  package func commit(_ offsets: [(partition: Int, offset: Int64)]) {
    if offsets.isEmpty { return }
    withList(offsets.map(\.partition)) { list in
      for (index, entry) in offsets.enumerated() { list.pointee.elems[index].offset = entry.offset }
      _ = rd_kafka_commit(handle.raw, list, 1)
    }
  }

  // MARK: Lists

  private func withList<R, E: Error>(
    _ partitions: [Int], _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) throws(E) -> R
  ) throws(E) -> R {
    let list = rd_kafka_topic_partition_list_new(Int32(max(1, partitions.count)))!
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for partition in partitions { rd_kafka_topic_partition_list_add(list, topic, Int32(partition)) }
    return try body(list)
  }

  private static func partitions(_ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?) -> [Int] {
    guard let list = list?.pointee else { return [] }
    return (0..<Int(list.cnt)).map { Int(list.elems[$0].partition) }
  }

  private func check(_ operation: String, _ code: rd_kafka_resp_err_t) throws(KafkaError) {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(operation, code) }
  }
}
