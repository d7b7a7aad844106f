import ColumnCodec
import Events
import Hashing
import TestSupport
import Testing

@Suite struct SeriesKeyTests {
  private func code(_ name: String, _ labels: [(key: String, value: String)] = []) -> String {
    do throws(SeriesKeyError) {
      _ = try SeriesKey(name: name, labels: labels)
      return "ok"
    } catch {
      return error.code
    }
  }

  /// What a parser does: canonical bytes of slices.
  private func canonical(_ name: [UInt8], _ labels: [([UInt8], [UInt8])]) -> [UInt8] {
    var memory: [UnsafeMutableRawBufferPointer] = []
    defer { for piece in memory { piece.deallocate() } }
    func slice(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
      let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      piece.copyBytes(from: bytes)
      memory.append(piece)
      return UnsafeRawBufferPointer(piece)
    }
    var raw = labels.map { SeriesKey.RawLabel(key: slice($0.0), value: slice($0.1)) }
    var buffer = ByteBuffer()
    SeriesKey.canonicalBytes(name: slice(name), labels: &raw, into: &buffer)
    return buffer.bytes
  }

  @Test func canonicalBytesAreAsDocumented() throws {
    let key = try SeriesKey(name: "cpu", labels: [("host", "h1"), ("dc", "é")])
    #expect(Samples.hex(key.canonical) == "03637075" + "026463" + "02c3a9" + "04686f7374" + "026831")
    #expect(key.name == "cpu")
    #expect(key.labels.map(\.key) == ["dc", "host"])
    #expect(key.labels.map(\.value) == ["é", "h1"])
    #expect("\(key)" == "cpu{dc=\"é\",host=\"h1\"}")
  }

  @Test func theOrderOfLabelsMakesNoDifference() throws {
    let labels: [(key: String, value: String)] = (0..<64).map { ("k\($0)", "v\($0)") }
    let key = try SeriesKey(name: "m", labels: labels)
    #expect(try SeriesKey(name: "m", labels: labels.reversed()) == key)
    #expect(try SeriesKey(name: "m", labels: labels.shuffled()) == key)
    #expect(
      canonical(Array("m".utf8), labels.shuffled().map { (Array($0.key.utf8), Array($0.value.utf8)) }) == key.canonical)
  }

  @Test func slicesAndTextsGiveTheSameBytes() throws {
    var random = SeededRandom()
    let texts = ["a", "ab", "b", "Z", "é", "e\u{301}", "host", "𝄞", "a.b-c/d", "~"]
    for _ in 0..<500 {
      let labels = texts.shuffled(using: &random).prefix(Int.random(in: 0...9, using: &random)).map {
        (key: $0, value: texts.randomElement(using: &random) ?? "")
      }
      let key = try SeriesKey(name: "m", labels: labels)
      #expect(canonical([109], labels.map { (Array($0.key.utf8), Array($0.value.utf8)) }) == key.canonical)
      #expect(try SeriesKey(canonical: key.canonical) == key)
    }
  }

  @Test func anEmptyLabelIsNoLabel() throws {
    #expect(try SeriesKey(name: "m", labels: [("a", ""), ("b", "1")]) == SeriesKey(name: "m", labels: [("b", "1")]))
    #expect(canonical([109], [([97], []), ([98], [49])]) == (try SeriesKey(name: "m", labels: [("b", "1")])).canonical)
  }

  @Test func spellingsOfACharacterAreDifferentSeries() throws {
    #expect(try SeriesKey(name: "caf\u{e9}") != SeriesKey(name: "cafe\u{301}"))
    #expect(code("m", [("\u{e9}", "1"), ("e\u{301}", "1")]) == "ok")
  }

  @Test func whatBreaksARuleIsRefusedWithItsCode() {
    #expect(code("") == "name-empty")
    #expect(code(String(repeating: "𝄞", count: 255)) == "ok")
    #expect(code(String(repeating: "𝄞", count: 256)) == "name-too-long")
    #expect(code(String(repeating: "a", count: 256)) == "name-too-long")
    #expect(code("a\nb") == "name-control-character")
    #expect(code("a\u{85}b") == "name-control-character")
    #expect(code("m", [("", "x")]) == "label-name-empty")
    #expect(code("m", [(String(repeating: "a", count: 256), "x")]) == "label-name-too-long")
    #expect(code("m", [("a\u{7f}", "x")]) == "label-name-control-character")
    #expect(code("m", [("a", "1"), ("b", "2"), ("a", "3")]) == "label-duplicate")
    #expect(code("m", [("a", String(repeating: "v", count: 1_024))]) == "ok")
    #expect(code("m", [("a", String(repeating: "v", count: 1_025))]) == "label-value-too-long")
    #expect(code("m", [("a", "line\nbreak")]) == "ok")
    #expect(code("m", [("a", "n\u{0}l")]) == "label-value-nul")
    #expect(code("m", (0..<64).map { ("k\($0)", "v") }) == "ok")
    #expect(code("m", (0..<65).map { ("k\($0)", "v") }) == "too-many-labels")
  }

  @Test func bytesThatAreNotUTF8AreRefusedWithTheirCode() {
    func code(_ canonical: [UInt8]) -> String {
      do throws(SeriesKeyError) {
        _ = try SeriesKey(canonical: canonical)
        return "ok"
      } catch {
        return error.code
      }
    }
    #expect(code(canonical([0xff], [])) == "name-not-utf8")
    #expect(code(canonical([109], [([0xc3], [49])])) == "label-name-not-utf8")
    #expect(code(canonical([109], [([97], [0xc0, 0x80])])) == "label-value-not-utf8")
    #expect(code([]) == "series-not-canonical")
    #expect(code([1]) == "series-not-canonical")
    #expect(code([0x81, 0x00, 109]) == "series-not-canonical", "a length with a byte too many")
    #expect(code([1, 109, 1, 98, 1, 49, 1, 97, 1, 49]) == "series-not-canonical", "labels out of order")
    #expect(code([1, 109, 1, 97, 0]) == "series-not-canonical", "an empty label written down")
    #expect(code([1, 109, 1, 97, 1, 49]) == "ok")
  }

  @Test func moreLabelsThanAllowedAreStillSorted() throws {
    let labels: [([UInt8], [UInt8])] = (0..<200).map { (number: Int) in
      let key: [UInt8] = [UInt8(97 + number % 26), UInt8(97 + number / 26)]
      return (key, [49])
    }
    let sorted = canonical([109], labels.sorted { $0.0.lexicographicallyPrecedes($1.0) })
    #expect(canonical([109], labels) == sorted)
    #expect(throws: SeriesKeyError.tooManyLabels) { try SeriesKey(canonical: sorted) }
  }

  @Test func randomBytesNeverTrap() {
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...12, using: &random) }
      if let key = try? SeriesKey(canonical: noise) { _ = "\(key)" }
    }
  }

  @Test func theFingerprintOfAKeyNeverChanges() throws {
    let key = try SeriesKey(name: "cpu", labels: [("host", "h1"), ("dc", "é")])
    #expect(Samples.hex(XXH3.hash128(key.canonical).bytes) == "f7aeb9bb1cc3557564514822078c0fa8")
  }
}
