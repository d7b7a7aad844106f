import Glibc

/// File system calls with errors that name the file. None of them follows a symbolic link in the last place: where the
/// folder belongs to another user, root must not be led astray.
enum SystemCall {
  static func text(_ number: Int32) -> String {
    "\(strerror(number).map { String(cString: $0) } ?? "error") (errno \(number))"
  }

  static func fail(_ verb: String, _ path: String) -> PostgresClusterError {
    .system(verb: verb, path: path, errno: errno)
  }

  static func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  static func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }

  /// The path without symbolic links; nil when it does not exist.
  static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static func readLink(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let count = readlink(path, base, buffer.count)
      guard count > 0 else { return nil }
      return String(decoding: UnsafeRawBufferPointer(start: base, count: count), as: UTF8.self)
    }
  }

  /// Makes a folder and those above it that are missing. True when the last was not there before.
  @discardableResult
  static func makeFolders(_ path: String, mode: mode_t) throws(PostgresClusterError) -> Bool {
    if mkdir(path, mode) == 0 { return true }
    if errno == EEXIST { return false }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw fail("make folder", path)
    }
    try makeFolders(String(path[..<slash]), mode: 0o755)
    if mkdir(path, mode) == 0 { return true }
    if errno == EEXIST { return false }
    throw fail("make folder", path)
  }

  /// Gives a folder that exists to `user` and `group` with exactly `mode`.
  static func give(_ path: String, user: uid_t, group: gid_t, mode: mode_t) throws(PostgresClusterError) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw fail("open folder", path) }
    defer { close(folder) }
    if geteuid() == 0, fchown(folder, user, group) != 0 { throw fail("change the owner of", path) }
    if fchmod(folder, mode) != 0 { throw fail("change the mode of", path) }
  }

  /// Writes a whole file beside the old one and puts it in its place: a reader sees the one or the other.
  static func write(
    _ text: String, to path: String, user: uid_t, group: gid_t, mode: mode_t
  ) throws(PostgresClusterError) {
    let fresh = path + ".new"
    unlink(fresh)
    let file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard file >= 0 else { throw fail("make file", fresh) }
    defer { close(file) }
    let bytes = [UInt8](text.utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw fail("write", fresh) }
    if geteuid() == 0, fchown(file, user, group) != 0 { throw fail("change the owner of", fresh) }
    if fchmod(file, mode) != 0 { throw fail("change the mode of", fresh) }
    if fsync(file) != 0 { throw fail("write", fresh) }
    if rename(fresh, path) != 0 { throw fail("replace", path) }
  }

  /// At most the last `limit` bytes from `start` on; empty when there is no such file.
  static func readTail(_ path: String, from start: Int = 0, limit: Int) -> String {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    let size = Int(lseek(file, 0, Int32(SEEK_END)))
    let from = max(0, min(size, start), size - limit)
    lseek(file, off_t(from), Int32(SEEK_SET))
    var bytes = [UInt8](repeating: 0, count: max(0, min(limit, size - from)))
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  /// Makes what was made, renamed or removed in a folder last.
  static func syncFolder(_ path: String) throws(PostgresClusterError) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { throw fail("open folder", path) }
    defer { close(folder) }
    if fsync(folder) != 0 { throw fail("write folder", path) }
  }

  /// A file whose size the kernel does not tell, as those in /proc; at most 64 KiB.
  static func readWhole(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
