import Events
import TestSupport
import Testing

@Suite struct EventMetadataTests {
  static let whole = EventMetadata(
    actor: "anna", protocol: "line", bodyBytes: 300,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    tenant: "acme")

  @Test func metadataComesBack() throws {
    for metadata in [
      Self.whole, EventMetadata(actor: "anonymous", protocol: "json", bodyBytes: 0),
      EventMetadata(actor: "", protocol: "", bodyBytes: .max),
    ] {
      #expect(try EventMetadata(decoding: metadata.encoded()) == metadata)
    }
  }

  @Test func theBytesAreAsRecorded() {
    #expect(
      Samples.hex(EventMetadata(actor: "anna", protocol: "line", bodyBytes: 300).encoded())
        == "0a04616e6e61" + "12046c696e65" + "18ac02")
  }

  @Test func fieldsOfANewerWriterAreIgnored() throws {
    let newer: [UInt8] = [0x30, 5] + [0x39, 1, 2, 3, 4, 5, 6, 7, 8] + [0x42, 2, 9, 9] + [0x4d, 1, 2, 3, 4]
    #expect(try EventMetadata(decoding: newer + Self.whole.encoded()) == Self.whole)
  }

  @Test func damagedBytesAreRefusedWithoutATrap() {
    for bytes: [UInt8] in [
      [0x0a], [0x0a, 5, 97], [0x08, 1], [0x0a, 1, 0xff], [0x0b], [0x00, 1], [0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ] {
      #expect(throws: EventError.self) { try EventMetadata(decoding: bytes) }
    }
    var random = SeededRandom()
    for _ in 0..<20_000 {
      _ = try? EventMetadata(decoding: Samples.mutated(Self.whole.encoded(), &random))
    }
  }
}
