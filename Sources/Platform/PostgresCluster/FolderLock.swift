import Glibc

/// A flock(2) on a file: held until this value is gone or its process ends, however that happens.
package final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Nil when another process (or another value in this one) holds it.
  package init?(_ path: String) throws(PostgresClusterError) {
    let file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemCall.fail("open", path) }
    if flock(file, LOCK_EX | LOCK_NB) != 0 {
      let isHeld = errno == EWOULDBLOCK
      let error = SystemCall.fail("lock", path)
      close(file)
      if isHeld { return nil }
      throw error
    }
    descriptor = file
  }

  deinit { close(descriptor) }
}
