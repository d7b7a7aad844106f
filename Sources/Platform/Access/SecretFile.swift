import Glibc

/// Files whose content decides who gets in: read only where nobody else could have written, or may read them.
package struct SecretFile: Sendable {
  package let path: String
  /// Bytes that are read at most; more is an error.
  private static let sizeLimit = 4 << 20

  package init(_ path: String) { self.path = path }

  /// The whole file. Refuses what is no regular file, what belongs to another user than root or the one who asks, and
  /// what others may read, or the group may write. Symbolic links are followed: what they lead to has to pass.
  package func read() throws(SecretFileError) -> [UInt8] { try read(isSecret: true) }

  /// The whole file, whoever may read it, as long as it is a regular one.
  func readPublic() throws(SecretFileError) -> [UInt8] { try read(isSecret: false) }

  private func read(isSecret: Bool) throws(SecretFileError) -> [UInt8] {
    // Not waiting for the writer of a pipe that stands where the file should.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .system("open", path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .system("look at", path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SecretFileError("\(path) is no file") }
    if isSecret { try Self.check(status, path) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(file, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system("read", path) }
      if count == 0 { return bytes }
      bytes += piece[..<count]
      guard bytes.count <= Self.sizeLimit else {
        throw SecretFileError("\(path) has more than \(Self.sizeLimit) bytes")
      }
    }
  }

  private static func check(_ status: stat, _ path: String) throws(SecretFileError) {
    guard status.st_uid == 0 || status.st_uid == geteuid() else {
      throw SecretFileError(
        "\(path) belongs to the user with id \(status.st_uid), who could change it: it must belong to root or to the "
          + "user that runs this (chown)")
    }
    guard status.st_mode & 0o027 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw SecretFileError("\(path) has mode \(mode), so that others can get at it: chmod 600 \(path)")
    }
  }
}
