import ColumnCodec
package import EventTopic
package import Events
import Hashing

/// A message as a test wants it: an event's, changed at will, or anything else.
package struct TestMessage {
  package var headers: [(name: String, value: [UInt8])]
  /// Nil: a tombstone.
  package var value: [UInt8]?

  package init(headers: [(name: String, value: [UInt8])] = [], value: [UInt8]?) {
    self.headers = headers
    self.value = value
  }

  /// As the relay sends it.
  package init(_ record: EventRecord, after previous: [UInt8], of store: StoreIdentity) {
    var writer = EventMessageWriter(store)
    var headers: [(name: String, value: [UInt8])] = []
    writer.headers(of: record, previousHash: previous) { headers.append(("\($0)", Array($1))) }
    self.init(headers: headers, value: record.payload)
  }

  package subscript(_ name: String) -> String? {
    get { headers.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) } }
    set {
      headers.removeAll { $0.name == name }
      if let newValue { headers.append((name, Array(newValue.utf8))) }
    }
  }

  /// Shows it to a reader as if it had come from Kafka.
  package func show<R>(
    _ reader: inout EventMessageReader, _ body: (inout EventMessageReader, UnsafeRawBufferPointer?) throws -> R
  ) rethrows -> R {
    let values = headers.map { Self.copy($0.value) }
    let copied = value.map { Self.copy($0) }
    defer { (values + [copied].compactMap { $0 }).forEach { $0.deallocate() } }
    reader.begin()
    for (header, value) in zip(headers, values) {
      header.name.withCString { reader.header($0, UnsafeRawBufferPointer(value)) }
    }
    defer { reader.begin() }
    return try body(&reader, copied.map { UnsafeRawBufferPointer($0) })
  }

  private static func copy(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
    // An empty value has an address, too: no value has none.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
    copy.copyBytes(from: bytes)
    return UnsafeMutableRawBufferPointer(rebasing: copy[..<bytes.count])
  }
}

extension EventRecord {
  /// The same event behind another one: with the hash that this gives.
  package func chained(after previous: [UInt8]) -> EventRecord {
    var record = self
    var buffer = ByteBuffer()
    EventHash.canonical(previous: previous, record: record, into: &buffer)
    record.hash = SHA256.hash(buffer.bytes)
    return record
  }
}
