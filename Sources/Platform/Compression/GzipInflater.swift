import CZlib

/// Gzip (RFC 1952) bit by bit, for files that are too large for memory: all members one after the other. Holds zlib's
/// 40 KiB; confined to one thread.
package final class GzipInflater {
  private var stream: UnsafeMutablePointer<z_stream>
  /// Between members, or before the first byte: the input may end here.
  private var isBetweenMembers = true

  package init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 to take gzip's header and nothing else.
    let status = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "cannot make a gzip stream: out of memory")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Decompresses as much of `input` into `output` as fits. Returns how much of the input was taken and how many bytes
  /// came out; both zero only where one of the two is empty.
  package func inflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (taken: Int, produced: Int) {
    var taken = 0
    var produced = 0
    while taken < input.count, produced < output.count {
      let piece = UnsafeRawBufferPointer(rebasing: input[taken...].prefix(Int(UInt32.max)))
      let room = UnsafeMutableRawBufferPointer(rebasing: output[produced...].prefix(Int(UInt32.max)))
      stream.pointee.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
      stream.pointee.avail_in = UInt32(piece.count)
      stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
      stream.pointee.avail_out = UInt32(room.count)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      taken += piece.count - Int(stream.pointee.avail_in)
      produced += room.count - Int(stream.pointee.avail_out)
      switch status {
      case Z_STREAM_END:
        inflateReset(stream)
        isBetweenMembers = true
      case Z_OK: isBetweenMembers = false
      case Z_BUF_ERROR: return (taken, produced)
      default:
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)"
        throw .damaged(format: "gzip", reason: reason)
      }
    }
    return (taken, produced)
  }

  /// To be called when there is no more input and nothing more comes out.
  package func finish() throws(CompressionError) {
    guard isBetweenMembers else { throw .damaged(format: "gzip", reason: "it ends in the middle") }
  }
}
