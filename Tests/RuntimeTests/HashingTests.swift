import Hashing
import Testing

@Suite struct HashingTests {
  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  // FIPS 180-4's examples.
  @Test func sha256MatchesThePublishedExamples() {
    #expect(
      hexadecimal(SHA256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      hexadecimal(SHA256.hash(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func sha256OverPartsIsOverTheWhole() {
    var state = SHA256()
    for part in ["a", "", "bc"] { state.update(Array(part.utf8)) }
    let abc = state.finish()
    #expect(abc == SHA256.hash(Array("abc".utf8)))
    // Fresh after it is finished.
    #expect(state.finish() == SHA256.hash([]))
  }

  @Test func xxh3IsStable() {
    // Computed once with xxhsum 0.8.1: series identities on disk rest on it.
    let empty = XXH3.hash128([])
    #expect(hexadecimal(empty.bytes) == "99aa06d3014798d86001c324468d497f")
    let abc = XXH3.hash128(Array("abc".utf8))
    #expect(hexadecimal(abc.bytes) == "06b05ab6733a618578af5f94892f3950")
    #expect(abc.bytes.count == 16)
    #expect(abc == XXH3.Hash128(high: 0x06b0_5ab6_733a_6185, low: 0x78af_5f94_892f_3950))
    #expect(empty < XXH3.Hash128(high: .max, low: 0))
  }
}
