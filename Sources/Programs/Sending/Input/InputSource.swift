import Compression
import Glibc
import Hashing

/// The bytes of a file or of standard input, gzip taken off where it begins with gzip's mark. Confined to one thread.
package final class InputSource {
  /// The path, or `-`.
  package let path: String
  /// Bytes as they lie on disk; nil where that is not known.
  package let size: Int?
  /// Tells one content from another: size, time of change, and a hash of the first and last bytes.
  package let identity: String
  package let isCompressed: Bool

  private let descriptor: Int32
  private let inflater: GzipInflater?
  /// What was read from the descriptor and not handed on yet: `raw[rawStart..<rawEnd]`.
  private let raw: UnsafeMutableRawBufferPointer
  private var rawStart = 0
  private var rawEnd = 0
  private var isRawAtEnd = false
  /// Bytes of `size` that have been taken.
  private(set) var rawOffset = 0

  private static let bufferSize = 256 << 10
  /// Bytes at each end that the hash covers.
  private static let edge = 64 << 10

  /// `path` `-`: standard input.
  package init(_ path: String) throws(SendError) {
    self.path = path
    let opened = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw SendError("cannot read \(path): \(String(cString: strerror(errno)))") }
    var status = stat()
    let kind = fstat(opened, &status) == 0 ? status.st_mode & S_IFMT : 0
    guard kind != S_IFDIR else {
      close(opened)
      throw SendError("cannot read \(path): it is a folder")
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferSize, alignment: 16)
    let first = UnsafeRawBufferPointer(rebasing: buffer[..<Self.readEdge(opened, buffer)])
    descriptor = opened
    raw = buffer
    rawEnd = first.count
    size = kind == S_IFREG ? Int(status.st_size) : nil
    isCompressed = first.count >= 2 && first[0] == 0x1F && first[1] == 0x8B
    inflater = isCompressed ? GzipInflater() : nil
    identity = kind == S_IFREG ? Self.identity(opened, status, first) : Self.hex(first.prefix(Self.edge))
  }

  deinit {
    raw.deallocate()
    close(descriptor)
  }

  /// The next bytes; 0 at the end.
  func read(into output: UnsafeMutableRawBufferPointer) throws(SendError) -> Int {
    guard let inflater else {
      if rawStart == rawEnd { try fill() }
      let count = min(output.count, rawEnd - rawStart)
      output.copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[rawStart..<(rawStart + count)]))
      rawStart += count
      rawOffset += count
      return count
    }
    do throws(CompressionError) {
      while true {
        let input = UnsafeRawBufferPointer(rebasing: raw[rawStart..<rawEnd])
        let (taken, produced) = try inflater.inflate(input, into: output)
        rawStart += taken
        rawOffset += taken
        if produced > 0 { return produced }
        if rawStart == rawEnd, !isRawAtEnd { try fillCompressed() }
        if rawStart == rawEnd, isRawAtEnd { break }
      }
      try inflater.finish()
      return 0
    } catch {
      throw SendError("cannot read \(path): \(error)")
    }
  }

  private func fillCompressed() throws(CompressionError) {
    do throws(SendError) { try fill() } catch { throw .damaged(format: "gzip", reason: error.description) }
  }

  private func fill() throws(SendError) {
    rawStart = 0
    rawEnd = 0
    while !isRawAtEnd {
      let count = Glibc.read(descriptor, raw.baseAddress, raw.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw SendError("cannot read \(path): \(String(cString: strerror(errno)))")
      }
      rawEnd = count
      isRawAtEnd = count == 0
      return
    }
  }

  /// Reads the first bytes, which are looked at before they are handed on; a fault of the disk shows at the next reading.
  private static func readEdge(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    var end = 0
    while end < edge {
      let count = Glibc.read(descriptor, buffer.baseAddress.map { $0 + end }, buffer.count - end)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      end += count
    }
    return end
  }

  private static func identity(_ descriptor: Int32, _ status: stat, _ first: UnsafeRawBufferPointer) -> String {
    var last = [UInt8](repeating: 0, count: edge)
    let count = pread(descriptor, &last, edge, off_t(max(0, Int(status.st_size) - edge)))
    let ends = Array(first.prefix(edge)) + last[..<max(0, count)]
    let changed = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    return "\(status.st_size) \(changed) " + ends.withUnsafeBytes { hex($0[...]) }
  }

  private static func hex(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    let hash = XXH3.hash128(UnsafeRawBufferPointer(rebasing: bytes))
    func padded(_ half: UInt64) -> String {
      let text = String(half, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return padded(hash.high) + padded(hash.low)
  }
}
