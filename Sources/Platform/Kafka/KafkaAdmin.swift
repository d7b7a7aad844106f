import CKafka
package import Runtime

/// Asks for topics and makes them. Used by one thread; blocks.
package final class KafkaAdmin {
  /// What a new topic is to be like.
  package struct NewTopic: Sendable {
    package var name: String
    package var partitions: Int
    /// Copies of each partition; nil: as the broker has it by default.
    package var replication: Int?
    package var configuration: [KafkaProperty]

    package init(_ name: String, partitions: Int, replication: Int? = nil, configuration: [KafkaProperty] = []) {
      self.name = name
      self.partitions = partitions
      self.replication = replication
      self.configuration = configuration
    }
  }

  // A consumer's: asking a producer for a topic can make it.
  private let handle: KafkaHandle
  private let timeout: Duration

  /// - Parameter timeout: of each question.
  package init(_ settings: KafkaSettings, timeout: Duration = .seconds(10), logger: Logger) throws(KafkaError) {
    handle = try KafkaHandle(
      RD_KAFKA_CONSUMER, settings, [KafkaProperty("allow.auto.create.topics", "false")], KafkaCallbacks(logger: logger))
    self.timeout = timeout
  }

  /// How many partitions the topic has; nil: there is no such topic.
  package func partitions(of name: String) throws(KafkaError) -> Int? {
    let operation = "look at topic \(name)"
    guard let topic = rd_kafka_topic_new(handle.raw, name, nil) else {
      throw KafkaError(operation, rd_kafka_last_error())
    }
    defer { rd_kafka_topic_destroy(topic) }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(handle.raw, 0, topic, &metadata, KafkaText.milliseconds(timeout))
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
      // What is behind a broker that does not answer is said by the client's own error, which comes with a poll.
      rd_kafka_poll(handle.raw, 0)
      throw handle.callbacks.takeError() ?? KafkaError(operation, code)
    }
    defer { rd_kafka_metadata_destroy(metadata) }
    guard metadata.pointee.topic_cnt == 1 else { return nil }
    let found = metadata.pointee.topics[0]
    switch found.err {
    case RD_KAFKA_RESP_ERR_NO_ERROR: return found.partition_cnt > 0 ? Int(found.partition_cnt) : nil
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: return nil
    default: throw KafkaError(operation, found.err)
    }
  }

  /// Makes a topic. One of that name that is there already is no error.
  package func create(_ topic: NewTopic) throws(KafkaError) {
    let operation = "make topic \(topic.name)"
    var reason = [CChar](repeating: 0, count: 512)
    let new = rd_kafka_NewTopic_new(
      topic.name, Int32(topic.partitions), Int32(topic.replication ?? -1), &reason, reason.count)
    guard let new else {
      throw KafkaError(operation, RD_KAFKA_RESP_ERR__INVALID_ARG, KafkaText.text(reason))
    }
    defer { rd_kafka_NewTopic_destroy(new) }
    for property in topic.configuration { rd_kafka_NewTopic_set_config(new, property.name, property.value) }
    try ask(
      operation, RD_KAFKA_ADMIN_OP_CREATETOPICS, passes: RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS
    ) { options, queue in
      var topics: [OpaquePointer?] = [new]
      rd_kafka_CreateTopics(handle.raw, &topics, 1, options, queue)
    } results: { event, count in
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
    }
  }

  /// Deletes a topic with all that is on it. One that is not there is no error.
  package func delete(_ name: String) throws(KafkaError) {
    let old = rd_kafka_DeleteTopic_new(name)
    defer { rd_kafka_DeleteTopic_destroy(old) }
    try ask(
      "delete topic \(name)", RD_KAFKA_ADMIN_OP_DELETETOPICS, passes: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
    ) { options, queue in
      var topics: [OpaquePointer?] = [old]
      rd_kafka_DeleteTopics(handle.raw, &topics, 1, options, queue)
    } results: { event, count in
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
    }
  }

  /// One request about one topic, and the broker's answer to it.
  private func ask(
    _ operation: String, _ kind: rd_kafka_admin_op_t, passes: rd_kafka_resp_err_t,
    _ send: (OpaquePointer?, OpaquePointer?) -> Void,
    results: (OpaquePointer, inout Int) -> UnsafeMutablePointer<OpaquePointer?>?
  ) throws(KafkaError) {
    let options = rd_kafka_AdminOptions_new(handle.raw, kind)
    defer { rd_kafka_AdminOptions_destroy(options) }
    rd_kafka_AdminOptions_set_request_timeout(options, KafkaText.milliseconds(timeout), nil, 0)
    let queue = rd_kafka_queue_new(handle.raw)
    defer { rd_kafka_queue_destroy(queue) }
    send(options, queue)
    guard let event = rd_kafka_queue_poll(queue, KafkaText.milliseconds(timeout) + 1_000) else {
      throw KafkaError(operation, RD_KAFKA_RESP_ERR__TIMED_OUT)
    }
    defer { rd_kafka_event_destroy(event) }
    let failed = rd_kafka_event_error(event)
    if failed != RD_KAFKA_RESP_ERR_NO_ERROR {
      throw KafkaError(operation, failed, rd_kafka_event_error_string(event).map { String(cString: $0) })
    }
    var count = 0
    guard let found = results(event, &count), count == 1, let result = found[0] else { return }
    let code = rd_kafka_topic_result_error(result)
    if code == RD_KAFKA_RESP_ERR_NO_ERROR || code == passes { return }
    throw KafkaError(operation, code, rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
  }
}
