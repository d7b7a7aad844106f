import Glibc

/// A folder with all that is in it.
package enum FolderTree {
  /// Bytes of all files in it.
  package static func size(_ path: String) -> Int {
    guard let status = SystemCall.status(path) else { return 0 }
    guard SystemCall.isFolder(status) else { return Int(status.st_size) }
    return SystemCall.names(in: path).reduce(0) { $0 + size("\(path)/\($1)") }
  }

  /// Follows no symbolic link. What cannot be removed stays; false then.
  @discardableResult
  package static func remove(_ path: String) -> Bool {
    guard let status = SystemCall.status(path) else { return errno == ENOENT }
    guard SystemCall.isFolder(status) else { return unlink(path) == 0 }
    for name in SystemCall.names(in: path) { remove("\(path)/\(name)") }
    return rmdir(path) == 0
  }
}
