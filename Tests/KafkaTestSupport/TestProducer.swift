import CKafka
package import Kafka
import Runtime

/// Puts messages onto a topic, as anybody could who may write there.
package final class TestProducer {
  private let handle: OpaquePointer
  private let topic: OpaquePointer

  package init(_ settings: KafkaSettings, topic name: String) throws {
    let configuration = rd_kafka_conf_new()
    rd_kafka_conf_set(configuration, "bootstrap.servers", settings.servers, nil, 0)
    guard let handle = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, nil, 0),
      let topic = rd_kafka_topic_new(handle, name, nil)
    else { throw BrokerError("no producer for \(name)") }
    self.handle = handle
    self.topic = topic
  }

  deinit {
    rd_kafka_topic_destroy(topic)
    rd_kafka_destroy(handle)
  }

  /// Returns when the broker has all of them.
  package func send(_ messages: [TestMessage], to partition: Int) throws {
    for message in messages {
      let headers = rd_kafka_headers_new(message.headers.count)
      for header in message.headers {
        rd_kafka_header_add(headers, header.name, -1, header.value, header.value.count)
      }
      var fields = [rd_kafka_vu_t](repeating: rd_kafka_vu_t(), count: 5)
      fields[0].vtype = RD_KAFKA_VTYPE_RKT
      fields[0].u.rkt = topic
      fields[1].vtype = RD_KAFKA_VTYPE_PARTITION
      fields[1].u.i32 = Int32(partition)
      fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS
      fields[2].u.i = Int32(RD_KAFKA_MSG_F_COPY)
      fields[3].vtype = RD_KAFKA_VTYPE_HEADERS
      fields[3].u.headers = headers
      fields[4].vtype = RD_KAFKA_VTYPE_VALUE
      let error = (message.value ?? [0]).withUnsafeBytes { value in
        fields[4].u.mem.ptr = message.value == nil ? nil : UnsafeMutableRawPointer(mutating: value.baseAddress)
        fields[4].u.mem.size = message.value?.count ?? 0
        return rd_kafka_produceva(handle, &fields, fields.count)
      }
      if let error { throw BrokerError(String(cString: rd_kafka_error_string(error))) }
    }
    guard rd_kafka_flush(handle, 20_000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw BrokerError("messages were not sent")
    }
  }
}
