import CKafka

/// The headers of a message that is about to be sent.
package struct KafkaHeaders: ~Copyable {
  private let raw: OpaquePointer
  private var isGiven = false

  init(capacity: Int) { raw = rd_kafka_headers_new(capacity) }

  deinit { if !isGiven { rd_kafka_headers_destroy(raw) } }

  /// Copies `value`.
  package func add(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
    let text = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    rd_kafka_header_add(raw, text, name.utf8CodeUnitCount, value.baseAddress, value.count)
  }

  /// What the message takes over; the caller frees it where that fails.
  consuming func give() -> OpaquePointer {
    isGiven = true
    return raw
  }
}
