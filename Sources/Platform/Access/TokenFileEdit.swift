import Glibc
import Runtime

/// Changing a token file: one process at a time, and the new file takes the place of the old one at once.
enum TokenFileEdit {
  /// How long to wait for another process that changes a file of the same folder.
  private static let lockLimit = Duration.seconds(10)

  /// Replaces the file at `path` by what `change` makes of its bytes (nil: there is none yet). When `change` throws,
  /// nothing has happened. Owner and mode stay those of the old file; a new one is its maker's, mode 600.
  static func run(
    _ path: String, _ change: ([UInt8]?) throws(TokenFileError) -> [UInt8]
  ) throws(TokenFileError) {
    let folder = try lockFolder(of: path)
    // Closing gives the lock back.
    defer { close(folder) }
    var status = stat()
    let exists = lstat(path, &status) == 0
    if !exists, errno != ENOENT { throw failure("look at", path) }
    if exists, status.st_mode & S_IFMT == S_IFLNK {
      throw TokenFileError("\(path) is a symbolic link: name the file that it leads to")
    }
    let new = try change(exists ? read(path) : nil)
    try replace(path, with: new, like: exists ? status : nil)
    // The name itself is on disk only with the folder.
    guard fsync(folder) == 0 else { throw failure("write the folder of", path) }
  }

  private static func read(_ path: String) throws(TokenFileError) -> [UInt8] {
    do throws(SecretFileError) {
      return try SecretFile(path).read()
    } catch {
      throw TokenFileError(error.description)
    }
  }

  /// The folder is locked, not the file: the file that was locked would be gone after the change.
  private static func lockFolder(of path: String) throws(TokenFileError) -> Int32 {
    let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure("open the folder", parent) }
    let deadline = MonotonicClock.deadline(after: lockLimit)
    while flock(folder, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, MonotonicClock.now < deadline else {
        let error =
          errno == EWOULDBLOCK
          ? TokenFileError("cannot change \(path): another process holds the folder's lock for \(lockLimit)")
          : failure("lock the folder", parent)
        close(folder)
        throw error
      }
      MonotonicClock.sleep(for: .milliseconds(10))
    }
    return folder
  }

  private static func replace(_ path: String, with bytes: [UInt8], like old: stat?) throws(TokenFileError) {
    let fresh = path + ".new"
    // What a killed process left. A new file is made in any case: one that stands there could be somebody else's.
    unlink(fresh)
    let file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("make", fresh) }
    defer { close(file) }
    do throws(TokenFileError) {
      if let old, old.st_uid != geteuid() || old.st_gid != getegid() {
        guard fchown(file, old.st_uid, old.st_gid) == 0 else { throw failure("give to its owner", fresh) }
      }
      guard fchmod(file, (old?.st_mode ?? 0o600) & 0o640) == 0 else { throw failure("set the mode of", fresh) }
      try write(bytes, file, fresh)
      guard fsync(file) == 0 else { throw failure("write", fresh) }
      guard rename(fresh, path) == 0 else { throw failure("replace", path) }
    } catch {
      unlink(fresh)
      throw error
    }
  }

  private static func write(_ bytes: [UInt8], _ file: Int32, _ path: String) throws(TokenFileError) {
    var done = 0
    while done < bytes.count {
      let written = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw failure("write", path) }
      done += written
    }
  }

  private static func failure(_ verb: String, _ path: String) -> TokenFileError {
    TokenFileError("cannot \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}
