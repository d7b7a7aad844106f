import ColumnCodec
import Events
import TestSupport
import Testing

@Suite struct MetricDescribedTests {
  private static func metric(_ name: String = "cpu") throws -> SeriesKey { try SeriesKey(name: name) }

  private static func decode(_ payload: [UInt8], version: Int16 = 1) throws -> MetricDescribed {
    try payload.withUnsafeBytes { try MetricDescribed(decoding: $0, schemaVersion: version) }
  }

  @Test func everythingThatCanBeSaidComesBack() throws {
    let texts: [AttributeChange<String>] = [.kept, .cleared, .set("°C"), .set(String(repeating: "𝄞", count: 64))]
    let kinds: [AttributeChange<MetricKind>] = [.kept, .cleared, .set(.gauge), .set(.counter)]
    for unit in texts {
      for description in texts {
        for kind in kinds {
          let described = try MetricDescribed(
            metric: Self.metric("a/b é"), unit: unit, description: description, kind: kind)
          #expect(try Self.decode(described.encoded()) == described)
        }
      }
    }
  }

  @Test func anEmptyTextClears() throws {
    let described = try MetricDescribed(metric: Self.metric(), unit: .set(""), description: .set(""))
    #expect(described.unit == .cleared && described.description == .cleared && described.kind == .kept)
  }

  @Test func theLimitsHold() throws {
    let unit = String(repeating: "𝄞", count: MetricTextRule.unitLimit)
    let description = String(repeating: "d", count: MetricTextRule.descriptionLimit)
    #expect(throws: Never.self) {
      try MetricDescribed(metric: Self.metric(), unit: .set(unit), description: .set(description))
    }
    #expect(throws: EventError.self) { try MetricDescribed(metric: Self.metric(), unit: .set(unit + "x")) }
    #expect(throws: EventError.self) {
      try MetricDescribed(metric: Self.metric(), description: .set(description + "x"))
    }
    for text in ["a\u{0}", "a\nb", "\u{7f}", "\u{85}"] {
      #expect(MetricTextRule.unit.fault(of: text) == .controlCharacter)
      #expect(throws: EventError.self) { try MetricDescribed(metric: Self.metric(), unit: .set(text)) }
      #expect(throws: EventError.self) { try MetricDescribed(metric: Self.metric(), description: .set(text)) }
    }
    #expect(throws: EventError.self) { try MetricDescribed(metric: SeriesKey(name: "m", labels: [("a", "b")])) }
  }

  @Test func whatPayloadsCannotSayIsRefused() throws {
    let refused: [String] = [
      "", "0a00", "0a020a31", "0a0163" + "1202ff41", "0a0163" + "2003", "0a0163" + "20ff01", "0a0163" + "120109",
      "0a0163" + "1241" + String(repeating: "78", count: 65), "08011201" + "63",
    ]
    for hex in refused { #expect(throws: EventError.self, "\(hex)") { try Self.decode(Samples.bytes(hex)) } }
    #expect(throws: EventError.unknownSchema(type: .metricDescribed, version: 2)) {
      try Self.decode(Samples.bytes("0a0163"), version: 2)
    }
  }

  @Test func fieldsOfNewerWritersAreIgnored() throws {
    let described = try Self.decode(Samples.bytes("0a0163" + "1a0164" + "2a0178" + "3005" + "3d00000000"))
    #expect(described == (try MetricDescribed(metric: Self.metric("c"), description: .set("d"))))
    #expect(try Self.decode(Samples.bytes("0a0163" + "2a0178")) == MetricDescribed(metric: Self.metric("c")))
  }

  @Test func laterWordsWin() {
    let changes: [AttributeChange<String>] = [.kept, .cleared, .set("a"), .set("b")]
    for first in changes {
      #expect(first.followed(by: .kept) == first)
      for later in changes.dropFirst() { #expect(first.followed(by: later) == later) }
    }
  }

  @Test func damagedPayloadsNeverTrap() throws {
    var random = SeededRandom()
    let payload = try MetricDescribed(
      metric: Self.metric("temperature"), unit: .set("°C"), description: .set("of the room"), kind: .set(.gauge)
    ).encoded()
    for _ in 0..<20_000 {
      let damaged = Samples.mutated(payload, &random)
      guard let described = try? Self.decode(damaged) else { continue }
      #expect(try Self.decode(described.encoded()) == described)
    }
  }
}
