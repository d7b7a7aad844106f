import CZstd

/// Zstandard (RFC 8878) by libzstd. May be called from any thread; each thread keeps a context for compressing and one
/// for decompressing until it ends.
package enum Zstd {
  /// The largest window of a frame that does not say how long its content is: what RFC 8878 asks decoders to support.
  private static let windowLogLimit: Int32 = 23

  /// One frame that holds its content's size. `level` 1 (fast) to 19 (small).
  package static func compress(_ bytes: UnsafeRawBufferPointer, level: Int32 = 1) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
      count = ZSTD_compressCCtx(
        ZstdContexts.compressing, buffer.baseAddress, buffer.count, bytes.baseAddress, bytes.count, level)
      precondition(ZSTD_isError(count) == 0, "BUG: zstd cannot compress into a buffer of its own bound")
    }
  }

  package static func compress(_ bytes: [UInt8], level: Int32 = 1) -> [UInt8] {
    bytes.withUnsafeBytes { compress($0, level: level) }
  }

  /// The content of all frames of `bytes`, at most `limit` bytes. Besides the result it takes at most 8 MiB for a
  /// window, and only if a frame does not say its size.
  package static func decompress(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(CompressionError) -> [UInt8] {
    let size = try contentSize(bytes, limit: limit)
    guard size <= limit else { throw .tooLarge(limit: limit) }
    var failure: Int?
    let result = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let written = ZSTD_decompressDCtx(
        ZstdContexts.decompressing, buffer.baseAddress, buffer.count, bytes.baseAddress, bytes.count)
      if ZSTD_isError(written) == 0 { count = written } else { failure = written }
    }
    if let failure { throw damaged(failure) }
    return result
  }

  package static func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
    let result = bytes.withUnsafeBytes { bytes -> Result<[UInt8], CompressionError> in
      do throws(CompressionError) { return .success(try decompress(bytes, limit: limit)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// What the frames say, or else what comes out of them (stops soon after the limit).
  private static func contentSize(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> Int {
    var total = 0
    var rest = bytes
    guard !rest.isEmpty else { throw .damaged(format: "zstd", reason: "it is empty") }
    while !rest.isEmpty {
      let length = ZSTD_findFrameCompressedSize(rest.baseAddress, rest.count)
      guard ZSTD_isError(length) == 0 else { throw damaged(length) }
      let declared = ZSTD_getFrameContentSize(rest.baseAddress, rest.count)
      // Unknown is 2^64 - 1, an error 2^64 - 2.
      if declared >= UInt64.max - 1 { return try measure(bytes, limit: limit) }
      guard declared <= UInt64(limit - total) else { throw .tooLarge(limit: limit) }
      total += Int(declared)
      rest = UnsafeRawBufferPointer(rebasing: rest[length...])
    }
    return total
  }

  private static func measure(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(CompressionError) -> Int {
    let context = ZstdContexts.decompressing
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLogLimit)
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: ZSTD_DStreamOutSize(), alignment: 16)
    defer { scratch.deallocate() }
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    var total = 0
    var isFrameOpen = true
    while isFrameOpen || input.pos < input.size {
      var output = ZSTD_outBuffer(dst: scratch.baseAddress, size: scratch.count, pos: 0)
      let before = input.pos
      let status = ZSTD_decompressStream(context, &output, &input)
      guard ZSTD_isError(status) == 0 else { throw damaged(status) }
      total += output.pos
      guard total <= limit else { throw .tooLarge(limit: limit) }
      isFrameOpen = status != 0
      if isFrameOpen, input.pos == before, output.pos == 0 {
        throw .damaged(format: "zstd", reason: "it ends in the middle")
      }
    }
    return total
  }

  private static func damaged(_ code: Int) -> CompressionError {
    .damaged(format: "zstd", reason: String(cString: ZSTD_getErrorName(code)))
  }
}
