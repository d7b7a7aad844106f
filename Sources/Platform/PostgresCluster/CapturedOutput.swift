import Glibc

/// A file without a name that a child process prints to, read when it has ended: unlike a pipe it is never full.
final class CapturedOutput {
  private let file: UnsafeMutablePointer<FILE>

  init() throws(PostgresClusterError) {
    guard let file = tmpfile() else { throw SystemCall.fail("make a temporary file in", "/tmp") }
    self.file = file
    // The child gets a copy of it as its own output; nothing else that we start shall have it.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { fclose(file) }

  var descriptor: Int32 { fileno(file) }

  /// At most the last `limit` bytes, without what `isNoise`.
  func text(limit: Int, without isNoise: (Substring) -> Bool = { _ in false }) -> String {
    let size = Int(lseek(descriptor, 0, Int32(SEEK_END)))
    var bytes = [UInt8](repeating: 0, count: max(0, min(size, limit)))
    let count = pread(descriptor, &bytes, bytes.count, off_t(max(0, size - limit)))
    let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
      .split(whereSeparator: { $0.isNewline || $0 == "\r" }).filter { !$0.isEmpty && !isNoise($0) }
    return lines.joined(separator: "\n")
  }
}
