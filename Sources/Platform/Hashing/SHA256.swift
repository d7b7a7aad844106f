import CCrypto

/// SHA-256 (FIPS 180-4) over parts, by OpenSSL. One at a time per thread of use; not Sendable.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let made = EVP_MD_CTX_new(), EVP_DigestInit_ex(made, EVP_sha256(), nil) == 1 else {
      preconditionFailure("BUG: OpenSSL has no SHA-256")
    }
    context = made
  }

  deinit { EVP_MD_CTX_free(context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count > 0 else { return }
    precondition(EVP_DigestUpdate(context, base, bytes.count) == 1, "BUG: SHA-256 update failed")
  }

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The 32 bytes, and the state is fresh again.
  package mutating func finish() -> [UInt8] {
    let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      var length: UInt32 = 0
      precondition(EVP_DigestFinal_ex(context, buffer.baseAddress, &length) == 1, "BUG: SHA-256 final failed")
      count = Int(length)
    }
    precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "BUG: OpenSSL has no SHA-256")
    return digest
  }

  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var state = SHA256()
    state.update(bytes)
    return state.finish()
  }
}
