import CZlib

/// One pass over the members of a gzip file.
enum GzipReader {
  private static let scratchSize = 64 << 10

  /// Decompresses into `output`. The size of the content, or nil if there is no room for all of it.
  static func read(
    _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Result<Int?, CompressionError> {
    var written = 0
    // One byte beyond the end of a full output tells content that just fits from content that goes on.
    var extra: UInt8 = 0
    return withUnsafeMutableBytes(of: &extra) { extra in
      inflateAll(bytes) { produced in
        written += produced
        if written > output.count { return nil }
        let rest = UnsafeMutableRawBufferPointer(rebasing: output[written...])
        return rest.isEmpty ? extra : rest
      }.map { $0 ? written : nil }
    }
  }

  /// The size of the content, without keeping it.
  static func measure(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> Int {
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: scratchSize, alignment: 16)
    defer { scratch.deallocate() }
    var size = 0
    let isComplete = try inflateAll(bytes) { produced in
      size += produced
      return size > limit ? nil : scratch
    }.get()
    guard isComplete else { throw .tooLarge(limit: limit) }
    return size
  }

  /// Runs zlib over all members. `output` is told how many bytes came since its last call and says where the next ones
  /// go; nil stops. False: stopped before the end.
  private static func inflateAll(
    _ bytes: UnsafeRawBufferPointer, output: (_ produced: Int) -> UnsafeMutableRawBufferPointer?
  ) -> Result<Bool, CompressionError> {
    guard !bytes.isEmpty else { return .failure(damaged("it is empty")) }
    var stream = z_stream()
    // 15 bits of window, and 16 to take gzip's header and nothing else.
    let status = inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "cannot make a gzip stream: out of memory")
    defer { inflateEnd(&stream) }
    var taken = 0
    var produced = 0
    while true {
      guard let room = output(produced) else { return .success(false) }
      let input = UnsafeRawBufferPointer(rebasing: bytes[taken...].prefix(Int(UInt32.max)))
      let space = min(room.count, Int(UInt32.max))
      stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
      stream.avail_in = UInt32(input.count)
      stream.next_out = room.bindMemory(to: UInt8.self).baseAddress
      stream.avail_out = UInt32(space)
      let status = inflate(&stream, Z_NO_FLUSH)
      taken += input.count - Int(stream.avail_in)
      produced = space - Int(stream.avail_out)
      switch status {
      case Z_STREAM_END where taken == bytes.count:
        return .success(output(produced) != nil)
      case Z_STREAM_END:
        // Another member, or rubbish that its header will not pass for.
        inflateReset(&stream)
      case Z_OK:
        continue
      case Z_BUF_ERROR:
        return .failure(damaged("it ends in the middle"))
      default:
        return .failure(damaged(stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"))
      }
    }
  }

  private static func damaged(_ reason: String) -> CompressionError { .damaged(format: "gzip", reason: reason) }
}
