import Glibc

/// Removing a folder with all that is in it.
package enum FolderTree {
  /// Follows no symbolic link. What cannot be removed stays; false then.
  @discardableResult
  package static func remove(_ path: String) -> Bool {
    guard let status = SystemCall.status(path) else { return errno == ENOENT }
    guard SystemCall.isFolder(status) else { return unlink(path) == 0 }
    for name in SystemCall.names(in: path) { remove("\(path)/\(name)") }
    return rmdir(path) == 0
  }
}
