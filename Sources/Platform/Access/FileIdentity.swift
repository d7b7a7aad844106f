import Glibc

/// What shows that a file is another, or has other content, than before.
struct FileIdentity: Equatable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let changedAt: SIMD4<Int64>
  private let owner: UInt32
  private let mode: UInt32

  /// Of what the path leads to; nil where there is nothing.
  init?(path: String) {
    var status = stat()
    guard fstatat(AT_FDCWD, path, &status, 0) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    changedAt = SIMD4(
      Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_ctim.tv_sec),
      Int64(status.st_ctim.tv_nsec))
    owner = status.st_uid
    mode = status.st_mode
  }
}
