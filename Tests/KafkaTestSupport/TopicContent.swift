import CKafka
package import Kafka

/// All that stands on a topic.
package struct TopicContent {
  /// Partition → its messages, in order.
  package private(set) var partitions: [Int: [TestMessage]] = [:]

  /// Reads each partition from its first message to its end as of now.
  package init(_ settings: KafkaSettings, topic: String, partitions count: Int) throws {
    let configuration = rd_kafka_conf_new()
    for (name, value) in [
      ("bootstrap.servers", settings.servers), ("group.id", "content"), ("enable.partition.eof", "true"),
      ("enable.auto.commit", "false"), ("auto.offset.reset", "earliest"),
    ] { rd_kafka_conf_set(configuration, name, value, nil, 0) }
    guard let handle = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, nil, 0) else { throw BrokerError("no consumer") }
    defer { rd_kafka_destroy(handle) }
    let list = rd_kafka_topic_partition_list_new(Int32(count))!
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for partition in 0..<count {
      rd_kafka_topic_partition_list_add(list, topic, Int32(partition)).pointee.offset = Int64(RD_KAFKA_OFFSET_BEGINNING)
    }
    rd_kafka_assign(handle, list)
    var open = Set(0..<count)
    while !open.isEmpty {
      guard let message = rd_kafka_consumer_poll(handle, 20_000) else { throw BrokerError("\(topic) cannot be read") }
      defer { rd_kafka_message_destroy(message) }
      let partition = Int(message.pointee.partition)
      switch message.pointee.err {
      case RD_KAFKA_RESP_ERR_NO_ERROR: partitions[partition, default: []].append(Self.message(message))
      case RD_KAFKA_RESP_ERR__PARTITION_EOF: open.remove(partition)
      default: throw BrokerError("\(topic): \(String(cString: rd_kafka_err2str(message.pointee.err)))")
      }
    }
  }

  /// The positions that the messages of a partition say, in order.
  package func positions(_ partition: Int) -> [Int64] {
    (partitions[partition] ?? []).map { $0["ce_sequence"].flatMap { Int64($0) } ?? 0 }
  }

  private static func message(_ raw: UnsafeMutablePointer<rd_kafka_message_t>) -> TestMessage {
    var value: [UInt8]?
    if let payload = raw.pointee.payload {
      value = Array(UnsafeRawBufferPointer(start: payload, count: raw.pointee.len))
    }
    var message = TestMessage(value: value)
    var headers: OpaquePointer?
    guard rd_kafka_message_headers(raw, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR else { return message }
    var name: UnsafePointer<CChar>?
    var bytes: UnsafeRawPointer?
    var size = 0
    var index = 0
    while rd_kafka_header_get_all(headers, index, &name, &bytes, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
      message.headers.append((String(cString: name!), Array(UnsafeRawBufferPointer(start: bytes, count: size))))
      index += 1
    }
    return message
  }
}
