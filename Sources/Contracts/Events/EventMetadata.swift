import ColumnCodec

/// Who sent the command behind an event, and how. Protobuf, so that it can grow; fields that are not known are ignored.
package struct EventMetadata: Hashable, Sendable {
  /// The token's name or `anonymous`; never a secret.
  package var actor: String
  /// The wire protocol: a short stable word.
  package var `protocol`: String
  /// The size of the request's body as received.
  package var bodyBytes: Int64
  /// W3C trace context of the request, as sent; nil without one.
  package var traceparent: String?
  package var tenant: String?

  package init(
    actor: String, protocol: String, bodyBytes: Int64, traceparent: String? = nil, tenant: String? = nil
  ) {
    self.actor = actor
    self.protocol = `protocol`
    self.bodyBytes = bodyBytes
    self.traceparent = traceparent
    self.tenant = tenant
  }

  /// The same content gives the same bytes.
  package func encoded() -> [UInt8] {
    var buffer = ByteBuffer()
    buffer.putField(1, text: actor)
    buffer.putField(2, text: `protocol`)
    buffer.putField(3, varint: UInt64(clamping: bodyBytes))
    if let traceparent { buffer.putField(4, text: traceparent) }
    if let tenant { buffer.putField(5, text: tenant) }
    return buffer.bytes
  }

  package init(decoding bytes: [UInt8]) throws(EventError) {
    self.init(actor: "", protocol: "", bodyBytes: 0)
    do throws(ColumnError) {
      try bytes.withUnsafeBufferPointer { (bytes) throws(ColumnError) in try read(UnsafeRawBufferPointer(bytes)) }
    } catch {
      throw .damaged(error)
    }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(ColumnError) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field.number {
      case 1: actor = try reader.text(field)
      case 2: `protocol` = try reader.text(field)
      case 3: bodyBytes = Int64(clamping: try reader.varint(field))
      case 4: traceparent = try reader.text(field)
      case 5: tenant = try reader.text(field)
      default: try reader.skip(field)
      }
    }
  }
}
