import Glibc

/// A small file that is replaced as a whole: after a crash it has the old content or the new one.
struct StateFile {
  let path: String

  /// The most bytes of a state.
  private static let limit = 1 << 20

  /// Nil where there is none.
  func read() throws(SendError) -> [UInt8]? {
    guard let file = fopen(path, "re") else {
      if errno == ENOENT { return nil }
      throw SendError("cannot read the state file \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Self.limit)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  /// On disk when it returns.
  func write(_ text: String) throws(SendError) {
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure() }
      done += count
    }
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw failure() }
    syncFolder()
  }

  func remove() {
    unlink(path)
    syncFolder()
  }

  private func syncFolder() {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private func failure() -> SendError {
    SendError(
      "cannot write the state file \(path): \(String(cString: strerror(errno))); name another place with --state FILE")
  }
}
