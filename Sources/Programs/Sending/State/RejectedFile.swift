import Glibc

/// All that was rejected, as CSV: `line,reason,detail`, in the order of the input.
final class RejectedFile {
  private let descriptor: Int32
  private let path: String
  private(set) var size = 0

  /// `keep`: bytes that an earlier run wrote before its state; nil begins anew.
  init(_ path: String, keep: Int?) throws(SendError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0, ftruncate(descriptor, off_t(keep ?? 0)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
      throw SendError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
    size = keep ?? 0
    if size == 0 { try write("line,reason,detail\n") }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func append(_ records: [RejectedRecord]) throws(SendError) {
    guard !records.isEmpty else { return }
    var text = ""
    for record in records {
      text += "\(record.line),\(record.reason),\"\(record.detail.replacing("\"", with: "\"\""))\"\n"
    }
    try write(text)
  }

  /// Puts what was appended on disk: to be done before a state says so.
  func sync() { fsync(descriptor) }

  private func write(_ text: String) throws(SendError) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SendError("cannot write \(path): \(String(cString: strerror(errno)))") }
      done += count
    }
    size += bytes.count
  }
}
