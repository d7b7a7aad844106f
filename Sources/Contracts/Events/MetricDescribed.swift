import ColumnCodec

/// Somebody said what a metric is. Always valid. Payload: the Protobuf message of that name in events.proto; fields of
/// newer writers are ignored.
package struct MetricDescribed: Hashable, Sendable {
  /// The metric's name, as the series without labels: the event stands in the shard of that series, so that all that is
  /// said of a metric has one order.
  package let metric: SeriesKey
  /// `.set` texts keep `MetricTextRule` and are never empty.
  package let unit: AttributeChange<String>
  package let description: AttributeChange<String>
  package let kind: AttributeChange<MetricKind>

  package init(
    metric: SeriesKey, unit: AttributeChange<String> = .kept, description: AttributeChange<String> = .kept,
    kind: AttributeChange<MetricKind> = .kept
  ) throws(EventError) {
    guard metric.labels.isEmpty else { throw .invalid("expected a metric's name, actual a series with labels") }
    self.metric = metric
    self.unit = try Self.checked(unit, .unit)
    self.description = try Self.checked(description, .description)
    self.kind = kind
  }

  /// An empty text says that there is none.
  private static func checked(
    _ change: AttributeChange<String>, _ rule: MetricTextRule
  ) throws(EventError) -> AttributeChange<String> {
    guard case .set(let text) = change else { return change }
    if text.isEmpty { return .cleared }
    guard let fault = rule.fault(of: text) else { return change }
    throw .invalid("expected a \(rule) of at most \(rule.limitText) without control characters, actual \(fault)")
  }

  // MARK: Payload

  /// The same content gives the same bytes. A field that is there and empty (0 for the kind) clears.
  package func encoded() -> [UInt8] {
    var buffer = ByteBuffer()
    buffer.putField(1, text: metric.name)
    Self.put(2, unit, into: &buffer)
    Self.put(3, description, into: &buffer)
    switch kind {
    case .kept: break
    case .cleared: buffer.putPresentField(4, varint: 0)
    case .set(let kind): buffer.putPresentField(4, varint: UInt64(kind.rawValue))
    }
    return buffer.bytes
  }

  private static func put(_ number: Int, _ change: AttributeChange<String>, into buffer: inout ByteBuffer) {
    switch change {
    case .kept: break
    case .cleared: buffer.putPresentField(number, text: "")
    case .set(let text): buffer.putPresentField(number, text: text)
    }
  }

  package init(decoding payload: UnsafeRawBufferPointer, schemaVersion: Int16) throws(EventError) {
    guard schemaVersion == 1 else { throw .unknownSchema(type: .metricDescribed, version: schemaVersion) }
    var fields = Fields()
    do throws(ColumnError) {
      try fields.read(payload)
    } catch {
      throw .damaged(error)
    }
    let metric: SeriesKey
    do throws(SeriesKeyError) {
      metric = try SeriesKey(name: fields.name)
    } catch {
      throw .invalid("\(error)")
    }
    try self.init(
      metric: metric, unit: fields.unit.map { .set($0) } ?? .kept,
      description: fields.description.map { .set($0) } ?? .kept, kind: try Self.kind(fields.kind))
  }

  private static func kind(_ number: UInt64?) throws(EventError) -> AttributeChange<MetricKind> {
    guard let number else { return .kept }
    if number == 0 { return .cleared }
    guard let kind = UInt8(exactly: number).flatMap(MetricKind.init(rawValue:)) else {
      throw .invalid("expected kind 0, 1 or 2, actual \(number)")
    }
    return .set(kind)
  }

  private struct Fields {
    var name = ""
    var unit: String?
    var description: String?
    var kind: UInt64?

    mutating func read(_ payload: UnsafeRawBufferPointer) throws(ColumnError) {
      var reader = ProtobufReader(payload)
      while let field = try reader.next() {
        switch field.number {
        case 1: name = try reader.text(field)
        case 2: unit = try reader.text(field)
        case 3: description = try reader.text(field)
        case 4: kind = try reader.varint(field)
        default: try reader.skip(field)
        }
      }
    }
  }
}
