import CZlib

/// Gzip (RFC 1952) by zlib. May be called from any thread; every call has a zlib state of its own.
package enum Gzip {
  /// The content of all members of `bytes`, at most `limit` bytes.
  ///
  /// Besides the result it takes 64 KiB and zlib's 40 KiB, never more than `limit` for any input: the size is taken from
  /// the last member's trailer, and when that turns out wrong, by decompressing once without keeping anything.
  package static func decompress(
    _ bytes: UnsafeRawBufferPointer, limit: Int
  ) throws(CompressionError) -> [UInt8] {
    if let result = try decompress(bytes, size: likelySize(bytes, limit)) { return result }
    let size = try GzipReader.measure(bytes, limit: limit)
    guard let result = try decompress(bytes, size: size) else {
      preconditionFailure("BUG: gzip content of \(size) bytes is longer at the second reading")
    }
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

  /// One member. `level` 1 (fast) to 9 (small).
  package static func compress(_ bytes: UnsafeRawBufferPointer, level: Int32 = 6) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    // 15 bits of window, and 16 for gzip's header and trailer.
    let status = deflateInit2_(&stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    precondition(status == Z_OK, "cannot make a gzip stream: out of memory")
    defer { deflateEnd(&stream) }
    return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count)))) { buffer, count in
      var input = bytes[...]
      repeat {
        let piece = UnsafeRawBufferPointer(rebasing: input.prefix(Int(UInt32.max)))
        input = input.dropFirst(piece.count)
        stream.next_in = UnsafeMutablePointer(mutating: piece.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(piece.count)
        var status = Z_OK
        repeat {
          let room = min(buffer.count - count, Int(UInt32.max))
          stream.next_out = buffer.baseAddress.map { $0 + count }
          stream.avail_out = UInt32(room)
          status = deflate(&stream, input.isEmpty ? Z_FINISH : Z_NO_FLUSH)
          count += room - Int(stream.avail_out)
        } while status == Z_OK && (stream.avail_in > 0 || input.isEmpty)
      } while !input.isEmpty
    }
  }

  package static func compress(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
    bytes.withUnsafeBytes { compress($0, level: level) }
  }

  /// The trailer's size modulo 2^32, held to what deflate can reach and to the limit.
  private static func likelySize(_ bytes: UnsafeRawBufferPointer, _ limit: Int) -> Int {
    guard bytes.count >= 4 else { return 0 }
    let trailer = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)))
    // Deflate's best is 1,032 to 1.
    return min(trailer, limit, bytes.count * 1_032)
  }

  /// Nil: the content is longer than `size`.
  private static func decompress(_ bytes: UnsafeRawBufferPointer, size: Int) throws(CompressionError) -> [UInt8]? {
    var outcome = Result<Int?, CompressionError>.success(nil)
    let result = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      outcome = GzipReader.read(bytes, into: UnsafeMutableRawBufferPointer(buffer))
      if case .success(let written?) = outcome { count = written }
    }
    return try outcome.get() == nil ? nil : result
  }
}
