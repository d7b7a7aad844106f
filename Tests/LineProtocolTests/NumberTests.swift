import Commands
import Events
import Glibc
import LineProtocol
import TestSupport
import Testing

@Suite struct NumberTests {
  /// Every text goes through a whole line, as clients send it.
  private func check(_ texts: [String]) throws {
    let body = texts.map { "m value=\($0) 5" }.joined(separator: "\n")
    let outcome = try parse(body)
    try #require(outcome.accepted == texts.count, "\(outcome.rejected.first?.detail ?? "")")
    let values = outcome.batch.shards.flatMap(\.values)
    for (text, value) in zip(texts, values) where strtod(text, nil).bitPattern != value.bitPattern {
      Issue.record("\(text): expected \(strtod(text, nil)), actual \(value)")
    }
  }

  @Test func randomDecimalsEqualStrtodBitForBit() throws {
    var random = SeededRandom()
    var texts: [String] = []
    for _ in 0..<100_000 {
      let sign = random.next(2) == 0 ? "-" : ""
      let whole = (0..<random.next(12)).map { _ in String(random.next(10)) }.joined()
      let fraction = (0..<(whole.isEmpty ? 1 + random.next(12) : random.next(14))).map { _ in String(random.next(10)) }
        .joined()
      var text = sign + whole
      if !fraction.isEmpty || random.next(4) == 0 { text += "." + fraction }
      if random.next(3) == 0 {
        text += ["e", "E"][random.next(2)] + ["", "+", "-"][random.next(3)] + String(random.next(280))
      }
      texts.append(text)
    }
    try check(texts)
  }

  @Test func randomFloatsComeBackFromTheirShortestText() throws {
    var random = SeededRandom()
    let values = (0..<50_000).compactMap { _ in
      let value = Double(bitPattern: random.next())
      return value.isFinite ? value : nil
    }
    let outcome = try parse(values.map { "m value=\($0) 5" }.joined(separator: "\n"))
    #expect(outcome.batch.shards.flatMap(\.values).map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func nastyDecimalsEqualStrtod() throws {
    try check([
      "0", "-0", "0.0", "-0.0", "00000000000000000000001", "0.00000000000000000000000000000001",
      "9007199254740992", "9007199254740993", "9007199254740991.5", "90071992547409.93", "1e22", "1e23", "1e-22",
      "123456789012345678901234567890", "0.1", "0.2", "0.3", "2.2250738585072011e-308", "4.9e-324", "2e-324",
      "1.7976931348623157e308", "179769313486231570000000000000000000000e270", "1e-999", "5.", ".5", "-.5",
      "9999999999999999999", "99999999999999999999", "0.9999999999999999999", "8.41", "1.005",
      String(repeating: "1", count: 300), "0." + String(repeating: "3", count: 1_000),
    ])
  }
}
