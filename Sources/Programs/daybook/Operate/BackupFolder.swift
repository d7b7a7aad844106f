import Glibc
import PostgresCluster

/// The folder that a backup is made in: new or empty, ours alone, and marked as unfinished until it is done.
struct BackupFolder {
  let path: String
  private let isNew: Bool

  /// Makes it where it is missing. Throws where there is something in it.
  init(_ given: String) throws {
    var isNew = true
    if mkdir(given, 0o700) != 0 {
      guard errno == EEXIST else { throw BackupError.system(verb: "make folder", path: given, errno: errno) }
      isNew = false
    }
    guard let resolved = realpath(given, nil) else {
      throw BackupError.system(verb: "find", path: given, errno: errno)
    }
    defer { free(resolved) }
    path = String(cString: resolved)
    self.isNew = isNew
    guard let stream = opendir(path) else { throw BackupError.system(verb: "read folder", path: path, errno: errno) }
    defer { closedir(stream) }
    // `.` and `..` are in every folder.
    var count = 0
    while readdir(stream) != nil { count += 1 }
    guard count <= 2 else {
      let isUnfinished = (try? BackupNote.read(in: path))?.isComplete == false
      throw isUnfinished ? BackupError.unfinished(folder: path) : BackupError.notEmpty(folder: path)
    }
  }

  var copy: String { "\(path)/\(BackupNote.folder)" }

  /// Leaves nothing of a backup that came to nothing.
  func clear() {
    FolderTree.remove(copy)
    unlink("\(path)/\(BackupNote.file)")
    unlink("\(path)/\(BackupNote.file).new")
    if isNew { rmdir(path) }
  }
}
