/// Why bytes cannot be decompressed.
package enum CompressionError: Error, Equatable, CustomStringConvertible {
  /// What comes out is longer than `limit` bytes.
  case tooLarge(limit: Int)
  /// The input ends in the middle, is damaged, is of another format, or has something after its end.
  case damaged(format: String, reason: String)

  /// Safe to show to whoever sent the bytes.
  package var description: String {
    switch self {
    case .tooLarge(let limit): "cannot decompress: the content is longer than \(limit) bytes"
    case .damaged(let format, let reason): "cannot decompress \(format): \(reason)"
    }
  }
}
