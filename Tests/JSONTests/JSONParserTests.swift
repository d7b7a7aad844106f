import JSON
import TestSupport
import Testing

@Suite struct JSONParserTests {
  @Test func everyKindOfValueIsRead() throws {
    let document = try JSONParser().parse(
      Array(
        #"{"s":"a\"\u00e9\u0000\n","i":-5,"u":18446744073709551615,"d":1.5e3,"t":true,"f":false,"n":null,"a":[1,[],{}],"o":{}}"#
          .utf8))
    try withExtendedLifetime(document) {
      let root = document.root
      #expect(root.kind == .object)
      #expect(root["s"]?.string == "a\"é\0\n")
      #expect(root["i"]?.int64 == -5)
      #expect(root["i"]?.kind == .integer)
      #expect(root["i"]?.uint64 == nil)
      #expect(root["u"]?.uint64 == .max)
      #expect(root["u"]?.int64 == nil)
      #expect(root["u"]?.double == 18446744073709551615.0)
      #expect(root["d"]?.double == 1500)
      #expect(root["d"]?.kind == .decimal)
      #expect(root["d"]?.int64 == nil)
      #expect(root["t"]?.bool == true)
      #expect(root["f"]?.bool == false)
      #expect(root["n"]?.isNull == true)
      #expect(root["missing"] == nil)
      #expect(root["s"]?.double == nil && root["i"]?.string == nil && root["n"]?.bool == nil)
      let elements = try #require(root["a"]?.elements)
      #expect(elements.map(\.kind) == [.integer, .array, .object])
      #expect(try #require(root["o"]?.members).map(\.value.kind).isEmpty)
      #expect(root.elements == nil && root["a"]?.members == nil)
    }
  }

  @Test func membersKeepOrderAndDuplicates() throws {
    let document = try JSONParser().parse(Array(#"{"a":{"x":[1,2]},"b":2,"a":"three","":4}"#.utf8))
    withExtendedLifetime(document) {
      let members = document.root.members.map(Array.init) ?? []
      #expect(members.map { String(decoding: $0.name, as: UTF8.self) } == ["a", "b", "a", ""])
      #expect(members.map(\.value.kind) == [.object, .integer, .string, .integer])
      #expect(document.root["a"]?.string == "three")
      #expect(members[1].isNamed("b") && !members[1].isNamed("bb") && members[3].isNamed(""))
    }
  }

  @Test func scalarsAreDocuments() throws {
    let parser = JSONParser()
    #expect(try parser.parse(Array(" 7 ".utf8)).root.int64 == 7)
    #expect(try parser.parse(Array("\"x\"".utf8)).root.string == "x")
    #expect(try parser.parse(Array("null".utf8)).root.isNull)
  }

  @Test func numbersAreNeitherLostNorInfinite() throws {
    func number(_ text: String) throws -> (Double?, Int64?) {
      let document = try JSONParser().parse(Array("[\(text)]".utf8))
      return withExtendedLifetime(document) {
        var elements = document.root.elements
        let value = elements?.next()
        return (value?.double, value?.int64)
      }
    }
    #expect(try number("9223372036854775807") == (9.223372036854775807e18, .max))
    #expect(try number("-9223372036854775808") == (-9.223372036854775808e18, .min))
    #expect(try number("-9223372036854775809") == (-9.223372036854775809e18, nil))
    #expect(try number("18446744073709551616") == (18446744073709551616, nil))
    #expect(try number("123456789012345678901234567890") == (1.2345678901234568e29, nil))
    #expect(try number("1.7976931348623157e308") == (Double.greatestFiniteMagnitude, nil))
    #expect(try number("5e-324") == (Double.leastNonzeroMagnitude, nil))
    #expect(try number("0.1") == (0.1, nil))
    for text in [
      "1e999", "-1e999", "1" + String(repeating: "0", count: 400), "01", "+1", ".5", "1.", "NaN", "Infinity", "0x1",
    ] {
      #expect(throws: JSONError.self, "\(text)") { try number(text) }
    }
  }

  @Test func aWideIntegerLeavesItsNeighboursAlone() throws {
    let text =
      #"{"t":1700000000000000001,"text\"99999999999999999999":"88888888888888888888","w":99999999999999999999,"x":-3}"#
    let document = try JSONParser().parse(Array(text.utf8))
    withExtendedLifetime(document) {
      #expect(document.root["t"]?.int64 == 1_700_000_000_000_000_001)
      #expect(document.root["text\"99999999999999999999"]?.string == "88888888888888888888")
      #expect(document.root["w"]?.double == 1e20)
      #expect(document.root["w"]?.kind == .decimal)
      #expect(document.root["x"]?.int64 == -3)
    }
  }

  @Test func whatIsNoJSONIsAnErrorOfItsKind() {
    func error(_ bytes: [UInt8]) -> JSONError? {
      do {
        _ = try JSONParser().parse(bytes)
        return nil
      } catch { return error }
    }
    #expect(error([]) == .empty)
    #expect(error(Array("  \n".utf8)) == .empty)
    #expect(error([0x22, 0xFF, 0x22]) == .notUTF8(offset: 1))
    #expect(error([0x22, 0xC0, 0x80, 0x22]) == .notUTF8(offset: 1))
    #expect(error([0x22, 0x61, 0xED, 0xA0, 0x80, 0x22]) == .notUTF8(offset: 2))
    #expect(error(Array(#"{"a":1e999}"#.utf8))?.description.contains("beyond the range") == true)
    for text in [
      "{", "[1,]", "{\"a\" 1}", "{a:1}", "[1 2]", "tru", "\"a", "\"\u{1}\"", "\"\\x\"", "[1]]", "{}{}", "'a'",
    ] {
      guard case .malformed(let reason, _)? = error(Array(text.utf8)) else {
        Issue.record("\(text): \(String(describing: error(Array(text.utf8))))")
        continue
      }
      #expect(!reason.isEmpty)
    }
  }

  @Test func anErrorSaysWhereTheDocumentStopsBeingJSON() {
    func offset(_ text: String) -> Int? {
      do {
        _ = try JSONParser().parse(Array(text.utf8))
        return nil
      } catch { return error.offset }
    }
    #expect(offset(#"{"a":1,}"#) == 7)
    #expect(offset(#"{"a" 1}"#) == 5)
    #expect(offset(#"{"a":"b","c":[1,2,{"d":tru}]}"#) == 26)
    #expect(offset("[1,2") == 4)
    #expect(offset("[1 2]") == 3)
    #expect(offset("[1]]") == 3)
    #expect(offset("[01]") == 2)
    #expect(offset("[\"a\\u12x4\"]") == 3)
    #expect(offset("[\"a\nb\"]") == 3)
    #expect(offset("[1.]") == 3)
    #expect(offset("\"open") == 5)
    #expect(offset("[1e999]") == nil)
  }

  @Test func depthHasALimit() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)).utf8)
    }
    let parser = JSONParser(depthLimit: 10)
    _ = try parser.parse(nested(10))
    #expect(throws: JSONError.tooDeep(limit: 10)) { try parser.parse(nested(11)) }
    #expect(throws: JSONError.tooDeep(limit: 10)) { try parser.parse(nested(1_000_000)) }
    _ = try parser.parse(nested(10))
  }

  @Test func aParserIsReusedForDocumentsOfAnySize() throws {
    let parser = JSONParser()
    for count in [1, 100_000, 10, 1_000_000, 1, 5_000, 300_000] {
      let text = "[" + (0..<count).map { "\($0)" }.joined(separator: ",") + "]"
      let document = try parser.parse(Array(text.utf8))
      withExtendedLifetime(document) {
        var sum: Int64 = 0
        for element in document.root.elements.map(Array.init) ?? [] { sum += element.int64 ?? 0 }
        #expect(sum == Int64(count) * Int64(count - 1) / 2)
      }
      #expect(throws: JSONError.self) { try parser.parse(Array("[".utf8)) }
    }
  }

  @Test func damagedDocumentsNeverTrap() {
    var random = SeededRandom()
    let good = Array(
      #"[{"name":"cpu","value":1.5,"timestamp":1700000000000,"labels":{"a":"\u00e9b","c":"d"}},-1e5,true,null]"#.utf8)
    let parser = JSONParser()
    for _ in 0..<5_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) {
          bytes[place] = .random(in: 0...255, using: &random)
        } else {
          bytes.remove(at: place)
        }
      }
      if let document = try? parser.parse(bytes) {
        withExtendedLifetime(document) { walk(document.root) }
      }
    }
  }

  private func walk(_ value: JSONValue) {
    _ = (value.string, value.double, value.int64, value.uint64, value.bool)
    for element in value.elements.map(Array.init) ?? [] { walk(element) }
    for member in value.members.map(Array.init) ?? [] { walk(member.value) }
  }
}
