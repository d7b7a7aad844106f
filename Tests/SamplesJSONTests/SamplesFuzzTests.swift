import Commands
import Events
import SamplesJSON
import TestSupport
import Testing
import WriteTestSupport

@Suite struct SamplesFuzzTests {
  private static let seeds = [
    #"[{"name":"m","value":1.5e3,"timestamp":"2026-01-31T12:00:00Z","labels":{"a":"b","c":"\u00e9\n"}},{"name":"n","value":-2}]"#,
    "{\"name\":\"m\",\"value\":1,\"timestamp\":1700000000000.5}\n{\"name\":\"m\",\"value\":12345678901234567890123}",
    #"{"name":"m","value":1e999,"labels":{}}"#,
  ]

  @Test func randomMutationsNeverTrapAndAreAllOrNothing() {
    var random = SeededRandom()
    let parser = SamplesParser(resolver: FakeResolver(shards: 3))
    for _ in 0..<20_000 {
      var bytes = Array(Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &random)].utf8)
      for _ in 0..<Int.random(in: 1...5, using: &random) { Self.mutate(&bytes, &random) }
      let format: SamplesFormat = Bool.random(using: &random) ? .json : .lines
      let outcome = bytes.withUnsafeBytes {
        try? parser.parse($0, format: format, precision: .milliseconds, serverTime: 1)
      }
      guard let outcome else { continue }
      #expect(outcome.batch.count == outcome.accepted && outcome.accepted > 0)
      let isFinite = outcome.batch.shards.allSatisfy { $0.values.allSatisfy(\.isFinite) }
      #expect(isFinite)
    }
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    let alphabet = Array("{}[]\",:\\u0e+-.19tfn \n".utf8) + [0xFF]
    let place = Int.random(in: 0...bytes.count, using: &random)
    let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes.insert(byte, at: place)
    case 1 where place < bytes.count: bytes[place] = byte
    case 2 where place < bytes.count: bytes.remove(at: place)
    default: bytes.append(contentsOf: bytes[place...].prefix(30))
    }
  }
}
