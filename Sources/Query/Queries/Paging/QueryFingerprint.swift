import ColumnCodec
import Events
import Hashing

/// Tells whether two pages are of one query: 64 bits over what is asked for, without how much and how it is written.
package enum QueryFingerprint {
  /// - Parameters:
  ///   - path: which kind of answer.
  ///   - selector: nil where there is none.
  package static func of(_ path: String, _ selector: SeriesSelector? = nil, from: Int64? = nil, to: Int64? = nil)
    -> UInt64
  {
    var buffer = ByteBuffer()
    put(path, &buffer)
    if let selector {
      put(selector.name, &buffer)
      buffer.putVarint(UInt64(selector.labels.count))
      for label in selector.labels {
        put(label.key, &buffer)
        put(label.value, &buffer)
      }
    }
    for time in [from, to] {
      buffer.putByte(time == nil ? 0 : 1)
      buffer.putFixed64(UInt64(bitPattern: time ?? 0))
    }
    return buffer.withUnsafeBytes { XXH3.hash64($0) }
  }

  private static func put(_ text: String, _ buffer: inout ByteBuffer) {
    let bytes = Array(text.utf8)
    buffer.putVarint(UInt64(bytes.count))
    buffer.putBytes(bytes)
  }
}
