import Hashing

/// An `Idempotency-Key` with what tells one request from another under the same key.
package struct IdempotencyRequest: Sendable, Hashable {
  package let actor: String
  package let key: String
  /// 32 bytes: see `fingerprint(method:path:query:contentType:body:)`.
  package let fingerprint: [UInt8]

  package init(actor: String, key: String, fingerprint: [UInt8]) {
    precondition(fingerprint.count == 32, "BUG: the fingerprint of a request is a SHA-256")
    self.actor = actor
    self.key = key
    self.fingerprint = fingerprint
  }

  /// SHA-256 over the five parts, each behind its length in 8 bytes (little-endian), so that no two requests that differ
  /// run together. An absent content type counts as empty. `body` is the body as it came, before decompression.
  package static func fingerprint(
    method: String, path: String, query: String, contentType: String, body: UnsafeRawBufferPointer
  ) -> [UInt8] {
    var hash = SHA256()
    for text in [method, path, query, contentType] {
      let bytes = Array(text.utf8)
      update(&hash, length: bytes.count)
      hash.update(bytes)
    }
    update(&hash, length: body.count)
    hash.update(body)
    return hash.finish()
  }

  private static func update(_ hash: inout SHA256, length: Int) {
    withUnsafeBytes(of: UInt64(length).littleEndian) { hash.update($0) }
  }
}
