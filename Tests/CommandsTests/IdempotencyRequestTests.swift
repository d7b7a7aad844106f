import Commands
import Testing

private func fingerprint(
  _ method: String = "POST", _ path: String = "/a", _ query: String = "b=c", _ type: String = "text/plain",
  _ body: [UInt8] = [1, 2]
) -> [UInt8] {
  body.withUnsafeBytes {
    IdempotencyRequest.fingerprint(method: method, path: path, query: query, contentType: type, body: $0)
  }
}

@Test func everyPartOfARequestIsInItsFingerprint() {
  let all = [
    fingerprint(), fingerprint("PUT"), fingerprint("POST", "/ab"), fingerprint("POST", "/a", ""),
    fingerprint("POST", "/a", "b=c", ""), fingerprint("POST", "/a", "b=c", "text/plain", []),
    // The same bytes in a row, cut elsewhere.
    fingerprint("POST", "/ab", "=c"),
  ]
  #expect(Set(all).count == all.count)
  #expect(fingerprint() == fingerprint())
  #expect(fingerprint().count == 32)
}
