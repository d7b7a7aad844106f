import ColumnCodec
import Events
import EventTopic
import Hashing
import TestSupport
import Testing

/// What stands on the topic, header by header, and what is made of whatever else stands there.
@Suite struct EventMessageTests {
  private static let store = StoreIdentity(
    idHigh: 0x0123_4567_89AB_4DEF, idLow: 0x8123_4567_89AB_CDEF, generation: 7, shards: 8)

  private func chained(_ record: EventRecord, after previous: [UInt8]) -> EventRecord {
    var record = record
    var buffer = ByteBuffer()
    EventHash.canonical(previous: previous, record: record, into: &buffer)
    record.hash = SHA256.hash(buffer.bytes)
    return record
  }

  private func event(_ random: inout SeededRandom) -> EventRecord {
    let hasSamples = Bool.random(using: &random)
    let hasTrace = Bool.random(using: &random)
    return EventRecord(
      shard: Int.random(in: 0..<4_096, using: &random), position: Int64.random(in: 1...Int64.max, using: &random),
      type: EventType.allCases.randomElement(using: &random)!,
      schemaVersion: Int16.random(in: 1...Int16.max, using: &random),
      recordedAt: Int64.random(in: Int64.min...Int64.max, using: &random),
      commandHigh: random.next(), commandLow: random.next(),
      timeMin: hasSamples ? Int64.random(in: Int64.min...Int64.max, using: &random) : 0,
      timeMax: hasSamples ? Int64.random(in: Int64.min...Int64.max, using: &random) : 0,
      sampleCount: hasSamples ? Int32.random(in: 1...Int32.max, using: &random) : 0,
      metadata: EventMetadata(
        actor: "me", protocol: "json", bodyBytes: 5,
        traceparent: hasTrace ? "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" : nil
      ).encoded(),
      payload: (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  /// Headers as they would travel.
  private func headers(_ record: EventRecord, after previous: [UInt8]) -> [(name: String, value: [UInt8])] {
    var writer = EventMessageWriter(Self.store)
    var headers: [(name: String, value: [UInt8])] = []
    writer.headers(of: record, previousHash: previous) { headers.append(("\($0)", Array($1))) }
    return headers
  }

  private func read<R>(
    _ headers: [(name: String, value: [UInt8])], _ body: (inout EventMessageReader) throws -> R
  ) rethrows -> R {
    var reader = EventMessageReader()
    let values = headers.map { header in
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: header.value.count, alignment: 1)
      copy.copyBytes(from: header.value)
      return copy
    }
    defer { values.forEach { $0.deallocate() } }
    reader.begin()
    for (header, value) in zip(headers, values) {
      header.name.withCString { reader.header($0, UnsafeRawBufferPointer(value)) }
    }
    return try body(&reader)
  }

  @Test func theHeadersAreThoseOfTheContract() {
    let record = chained(
      EventRecord(
        shard: 3, position: 42, type: .samplesRecorded, schemaVersion: 1, recordedAt: 1_767_225_600_123_456_789,
        commandHigh: 0x0193_4F2A_7B5C_7D3E, commandLow: 0x8F01_2345_6789_AB00, timeMin: 1_767_225_500_000_000_000,
        timeMax: 1_767_225_599_500_000_000, sampleCount: 2,
        metadata: EventMetadata(actor: "app", protocol: "json", bodyBytes: 9, traceparent: "00-a-b-01").encoded(),
        payload: [1, 2, 3]), after: EventHash.beforeFirst)
    let found = Dictionary(
      uniqueKeysWithValues: headers(record, after: EventHash.beforeFirst).map { ($0.name, $0.value) })
    func text(_ name: String) -> String? { found[name].map { String(decoding: $0, as: UTF8.self) } }
    let hex = record.hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(text("ce_specversion") == "1.0")
    #expect(text("ce_id") == "3-42")
    #expect(text("ce_source") == "urn:daybook:01234567-89ab-4def-8123-456789abcdef:7")
    #expect(text("ce_type") == "daybook.v1.SamplesRecorded")
    #expect(text("ce_time") == "2025-12-31T23:59:59.5Z")
    #expect(text("ce_recordedtime") == "2026-01-01T00:00:00.123456789Z")
    #expect(text("ce_sequence") == "0000000000000000042")
    #expect(text("ce_schemaversion") == "1")
    #expect(text("ce_commandid") == "01934f2a-7b5c-7d3e-8f01-23456789ab00")
    #expect(text("ce_hash") == hex)
    #expect(text("ce_previoushash") == String(repeating: "0", count: 64))
    #expect(text("ce_timemin") == "1767225500000000000")
    #expect(text("ce_timemax") == "1767225599500000000")
    #expect(text("ce_samplecount") == "2")
    #expect(text("ce_traceparent") == "00-a-b-01")
    #expect(text("content-type") == "application/protobuf")
    #expect(found["daybook-metadata"] == record.metadata)
    #expect(found.count == 17)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var random = SeededRandom()
    for _ in 0..<500 {
      let previous = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
      let record = chained(event(&random), after: previous)
      try read(headers(record, after: previous)) { reader in
        let head = try reader.head(shard: record.shard, hasValue: true).get()
        #expect(head.source.isSameStore(as: Self.store) && head.source.generation == 7)
        #expect(head.position == record.position)
        #expect(reader.hash == record.hash)
        let found = try record.payload.withUnsafeBytes {
          try reader.event(shard: record.shard, position: record.position, value: $0)
        }
        #expect(found.record == record)
        #expect(found.previousHash == previous)
      }
    }
  }

  /// Each byte of a message that is changed, and each header that is missing, is noticed.
  @Test func nothingThatWasChangedIsTakenForTheEvent() throws {
    var random = SeededRandom()
    for _ in 0..<300 {
      let record = chained(event(&random), after: EventHash.beforeFirst)
      var headers = headers(record, after: EventHash.beforeFirst)
      var payload = record.payload
      // These say nothing that is in the event, or say it a second time.
      let meaningless: Set = ["ce_specversion", "ce_time", "content-type", "ce_traceparent"]
      let place = Int.random(in: 0...headers.count, using: &random)
      if place == headers.count {
        if payload.isEmpty {
          payload = [0]
        } else if Bool.random(using: &random) {
          payload.removeLast()
        } else {
          payload[0] ^= 1
        }
      } else if meaningless.contains(headers[place].name) {
        continue
      } else if headers[place].value.isEmpty || Bool.random(using: &random) {
        // A header of an event without samples may be absent.
        headers.remove(at: place)
      } else {
        let byte = headers[place].value.indices.randomElement(using: &random)!
        headers[place].value[byte] = headers[place].value[byte] &+ 1
      }
      let isTaken = read(headers) { reader -> Bool in
        guard case .success(let head) = reader.head(shard: record.shard, hasValue: true),
          head.source.isSameStore(as: Self.store),
          head.source.generation == 7, head.position == record.position
        else { return false }
        return payload.withUnsafeBytes {
          (try? reader.event(shard: record.shard, position: head.position, value: $0)) != nil
        }
      }
      #expect(!isTaken, "header \(place) of \(headers.map(\.name))")
    }
  }

  @Test func whatIsNoEventOfOursIsToldApart() {
    func why(_ headers: [(name: String, value: [UInt8])], hasValue: Bool = true, shard: Int = 1) -> ForeignMessage? {
      read(headers) { reader in
        if case .failure(let other) = reader.head(shard: shard, hasValue: hasValue) { return other.why }
        return nil
      }
    }
    func header(_ name: String, _ text: String) -> (name: String, value: [UInt8]) { (name, Array(text.utf8)) }
    let source = header("ce_source", "urn:daybook:01234567-89ab-4def-8123-456789abcdef:7")
    let id = header("ce_id", "1-5")
    let sequence = header("ce_sequence", "0000000000000000005")
    #expect(why([]) == .noHeaders)
    #expect(why([], hasValue: false) == .tombstone)
    #expect(why([header("a", "b")]) == .otherSource)
    #expect(why([header("ce_source", "https://example.org/orders"), id, sequence]) == .otherSource)
    for text in [
      "urn:daybook:", "urn:daybook:01234567-89ab-4def-8123-456789abcdef",
      "urn:daybook:01234567-89ab-4def-8123-456789abcdef:0",
      "urn:daybook:0123456789ab4def8123456789abcdef0000:7", "",
    ] {
      #expect(why([header("ce_source", text), id, sequence]) == .otherSource, "\(text)")
    }
    #expect(why([source, id]) == .noPosition)
    #expect(why([source, sequence]) == .noPosition)
    for text in ["", "-", "0", "-5", "5x", "99999999999999999999", "5 "] {
      #expect(why([source, header("ce_id", "1-\(text)"), header("ce_sequence", text)]) == .noPosition, "\(text)")
    }
    #expect(why([source, header("ce_id", "2-5"), sequence]) == .noPosition, "of another partition")
    #expect(why([source, id, sequence]) == nil)
    #expect(why([sequence, id, source]) == nil, "in any order")
  }

  @Test func randomBytesNeverTrap() {
    var random = SeededRandom()
    let names = [
      "ce_source", "ce_id", "ce_sequence", "ce_type", "ce_hash", "ce_previoushash", "ce_recordedtime", "ce_commandid",
      "x",
    ]
    var other = event(&random)
    // Of none of the shards below.
    other.shard = 100
    let real = headers(chained(other, after: EventHash.beforeFirst), after: EventHash.beforeFirst)
    for _ in 0..<2_000 {
      var made = Bool.random(using: &random) ? real : []
      for _ in 0..<Int.random(in: 0..<6, using: &random) {
        let value = (0..<Int.random(in: 0...70, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        made.insert((names.randomElement(using: &random)!, value), at: Int.random(in: 0...made.count, using: &random))
      }
      read(made) { reader in
        let shard = Int.random(in: 0...9, using: &random)
        guard case .success(let head) = reader.head(shard: shard, hasValue: true) else { return }
        let value = [UInt8](repeating: 0, count: Int.random(in: 0...9, using: &random))
        let isTaken = value.withUnsafeBytes {
          (try? reader.event(shard: shard, position: head.position, value: $0)) != nil
        }
        #expect(!isTaken)
      }
    }
  }
}
