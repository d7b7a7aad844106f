import Glibc

/// Copies a folder of ordinary files for another user, to disk: file by file, each with fsync(2), folders last.
struct TreeCopy {
  /// Bytes of one step, after which `watch` is asked.
  private static let chunk = 1 << 20

  let owner: ServerUser
  /// Told of the bytes copied so far; false ends it.
  let watch: (Int) -> Bool
  private var done = 0

  init(owner: ServerUser, watch: @escaping (Int) -> Bool) {
    self.owner = owner
    self.watch = watch
  }

  /// Makes `destination` a copy of `source`: folders 0700 and files 0600, all of them the owner's. `destination` must not
  /// exist. Anything that is neither a folder nor a file is refused: what a link leads to is not part of the folder.
  mutating func copy(_ source: String, to destination: String) throws(PostgresClusterError) {
    guard let status = SystemCall.status(source) else { throw SystemCall.fail("read", source) }
    if SystemCall.isFolder(status) {
      if mkdir(destination, 0o700) != 0 { throw SystemCall.fail("make folder", destination) }
      for name in SystemCall.names(in: source).sorted() {
        try copy("\(source)/\(name)", to: "\(destination)/\(name)")
      }
      try SystemCall.give(destination, user: owner.user, group: owner.group, mode: 0o700)
      try SystemCall.syncFolder(destination)
    } else if status.st_mode & S_IFMT == S_IFREG {
      try copyFile(source, destination)
    } else {
      throw .unsafeFolder(path: source, reason: "it is neither a file nor a folder")
    }
  }

  private mutating func copyFile(_ source: String, _ destination: String) throws(PostgresClusterError) {
    let input = open(source, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard input >= 0 else { throw SystemCall.fail("open", source) }
    defer { close(input) }
    let output = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw SystemCall.fail("make file", destination) }
    defer { close(output) }
    try copyBytes(input, output, source, destination)
    if geteuid() == 0, fchown(output, owner.user, owner.group) != 0 {
      throw SystemCall.fail("change the owner of", destination)
    }
    if fsync(output) != 0 { throw SystemCall.fail("write", destination) }
  }

  private mutating func copyBytes(
    _ input: Int32, _ output: Int32, _ source: String, _ destination: String
  ) throws(PostgresClusterError) {
    var buffer = [UInt8](repeating: 0, count: Self.chunk)
    while true {
      let count = Glibc.read(input, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw SystemCall.fail("read", source) }
      if count == 0 { return }
      var written = 0
      while written < count {
        let more = buffer.withUnsafeBytes { write(output, $0.baseAddress?.advanced(by: written), count - written) }
        if more < 0, errno == EINTR { continue }
        if more < 0 { throw SystemCall.fail("write", destination) }
        written += more
      }
      try advance(count)
    }
  }

  private mutating func advance(_ count: Int) throws(PostgresClusterError) {
    done += count
    guard watch(done) else { throw .cancelled }
  }
}
