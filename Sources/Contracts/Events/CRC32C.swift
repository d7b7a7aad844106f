/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), for noticing damage, not intent.
package enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    var rest = UInt32(byte)
    for _ in 0..<8 { rest = rest & 1 == 1 ? rest >> 1 ^ 0x82f6_3b78 : rest >> 1 }
    return rest
  }

  package static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var rest = UInt32.max
    for byte in bytes { rest = table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)] ^ rest >> 8 }
    return ~rest
  }
}
