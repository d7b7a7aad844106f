/// How the columns of a payload are compressed. Contracts do not compress: whoever writes or reads events does.
package enum PayloadCompression: UInt8, Sendable, CaseIterable {
  case none = 0
  case zstd = 1
}
