import Glibc

/// Why a backup cannot be made or restored. The text says what to do.
enum BackupError: Error, CustomStringConvertible {
  case notEmpty(folder: String)
  case unfinished(folder: String)
  case noBackup(folder: String)
  case unreadable(path: String, line: String)
  case newer(path: String)
  case system(verb: String, path: String, errno: Int32)
  case eventsMissing(String)
  case insideData(folder: String)

  var description: String {
    switch self {
    case .notEmpty(let folder):
      "cannot back up to \(folder): it is not empty; name a folder that does not exist yet"
    case .unfinished(let folder):
      "\(folder) holds a backup that was never finished: remove the folder, and make a backup again"
    case .noBackup(let folder):
      "cannot find a backup in \(folder): expected what 'daybook backup' made there, with its file \(BackupNote.file)"
    case .unreadable(let path, let line):
      "cannot read \(path): expected what 'daybook backup' wrote, found '\(line)'"
    case .newer(let path):
      "cannot read \(path): a newer daybook wrote it; use that one"
    case .system(let verb, let path, let number):
      "cannot \(verb) \(path): \(String(cString: strerror(number)))"
    case .eventsMissing(let reason):
      "the restored store does not have what the backup had when it began: \(reason)"
    case .insideData(let folder):
      "cannot back up to \(folder): it is inside of what is backed up; name another folder"
    }
  }
}
