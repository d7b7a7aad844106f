import CXXHash

/// XXH3 of 128 and 64 bits (xxHash 0.8), seed 0: stable across versions and machines. Not cryptographic.
package enum XXH3 {
  package struct Hash128: Hashable, Comparable, Sendable {
    package let high: UInt64
    package let low: UInt64
    package init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }
    package static func < (a: Hash128, b: Hash128) -> Bool { (a.high, a.low) < (b.high, b.low) }
    /// Big-endian: the canonical representation of xxHash's documentation.
    package var bytes: [UInt8] {
      (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64((7 - $0 % 8) * 8)) }
    }
  }

  package static func hash128(_ bytes: UnsafeRawBufferPointer) -> Hash128 {
    let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
    return Hash128(high: hash.high64, low: hash.low64)
  }

  package static func hash128(_ bytes: [UInt8]) -> Hash128 { bytes.withUnsafeBytes { hash128($0) } }

  package static func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 { XXH3_64bits(bytes.baseAddress, bytes.count) }
}
