import Events
import Queries
import TestSupport
import Testing

@Suite struct PageCursorTests {
  private let store = StoreIdentity(idHigh: 0x0102_0304_0506_0708, idLow: 9, generation: 3, shards: 8)

  private func keys() -> [PageKey] {
    var keys: [PageKey] = [
      .metric("cpu"), .metric("é\u{10FFFF}\n"), .metric(String(repeating: "\u{10FFFF}", count: 255)),
    ]
    for id in [0, 1, Int64.max - 1, .max] {
      keys.append(.series(SeriesID(rawValue: id)))
      for time in [Int64.min, -1, 0, .max] {
        keys.append(
          .sample(SampleKey(series: SeriesID(rawValue: id), time: time, value: Double.nan.bitPattern, copy: 5)))
      }
    }
    return keys
  }

  @Test func aCursorReadsBackAsItWas() throws {
    for key in keys() {
      let cursor = PageCursor(of: store, query: .max - 5, key: key)
      let text = cursor.description
      #expect(text.utf8.count <= PageCursor.textLimit)
      #expect(text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D || $0 == 0x5F || $0 >= 0x41 })
      #expect(PageCursor(parsing: text) == cursor)
    }
  }

  @Test func aDamagedCursorIsNone() {
    var random = SeededRandom()
    for key in keys() {
      let text = Array(PageCursor(of: store, query: 1, key: key).description.utf8)
      #expect(PageCursor(parsing: String(decoding: text.dropLast(), as: UTF8.self)) == nil)
      #expect(PageCursor(parsing: String(decoding: text + [0x41], as: UTF8.self)) == nil)
      for _ in 0..<50 {
        var damaged = text
        let index = Int.random(in: 0..<damaged.count, using: &random)
        let byte = UInt8.random(in: 0x30...0x7A, using: &random)
        if damaged[index] == byte { continue }
        damaged[index] = byte
        // The last character of base64 may have bits that mean nothing.
        let parsed = PageCursor(parsing: String(decoding: damaged, as: UTF8.self))
        #expect(parsed == nil || index == damaged.count - 1)
      }
    }
    for text in ["", "x", "AQ", "é", String(repeating: "A", count: 3_000)] {
      #expect(PageCursor(parsing: text) == nil)
    }
  }

  @Test func fingerprintsTellQueriesApart() {
    let cpu = SeriesSelector(name: "cpu")
    let eu = SeriesSelector(name: "cpu", labels: [SeriesLabel(key: "dc", value: "eu")])
    let moved = SeriesSelector(name: "cpu", labels: [SeriesLabel(key: "dce", value: "u")])
    let all = [
      QueryFingerprint.of("samples", cpu), QueryFingerprint.of("series", cpu), QueryFingerprint.of("samples", eu),
      QueryFingerprint.of("samples", moved), QueryFingerprint.of("samples", cpu, from: 0),
      QueryFingerprint.of("samples", cpu, to: 0), QueryFingerprint.of("metrics"),
      QueryFingerprint.of("samples", SeriesSelector(name: "cpu2")),
    ]
    #expect(Set(all).count == all.count)
    #expect(QueryFingerprint.of("samples", eu, from: 1) == QueryFingerprint.of("samples", eu, from: 1))
  }
}
