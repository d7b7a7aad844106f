import CKafka

/// A message as it was read. Its bytes are librdkafka's, and gone with the value.
package struct KafkaMessage: ~Copyable {
  private let raw: UnsafeMutablePointer<rd_kafka_message_t>

  init(_ raw: UnsafeMutablePointer<rd_kafka_message_t>) { self.raw = raw }

  deinit { rd_kafka_message_destroy(raw) }

  package var partition: Int { Int(raw.pointee.partition) }
  package var offset: Int64 { raw.pointee.offset }
  /// Of key and value.
  package var size: Int { raw.pointee.len + raw.pointee.key_len }

  /// The value, nil for a tombstone. Valid during `body`.
  package func withValue<R>(_ body: (UnsafeRawBufferPointer?) -> R) -> R {
    guard let payload = raw.pointee.payload else { return body(nil) }
    return body(UnsafeRawBufferPointer(start: payload, count: raw.pointee.len))
  }

  /// Calls `body` for each header, in order. A value may be absent. All of it is valid during the call.
  package func forEachHeader(_ body: (_ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) -> Void) {
    var headers: OpaquePointer?
    guard rd_kafka_message_headers(raw, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR, let headers else { return }
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(headers, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
      if let name { body(name, UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size)) }
      index += 1
    }
  }
}
