import EventFeed
import Events
import Glibc
import Runtime

/// What stands beside a backup: whether it is whole, and what it is of. A file of `key=value` lines, for people too.
struct BackupNote: Equatable {
  static let file = "daybook-backup"
  /// The cluster's copy, beside the note: its manifest knows of no other files.
  static let folder = "postgres"
  /// Of a note that this program can read.
  private static let format = "1"
  /// A note has a line per shard, of which there are at most 4,096.
  private static let bytesLimit = 1 << 20

  /// False from the beginning of a backup until all of it is on disk and was checked.
  var isComplete = false
  /// The version of Daybook that made it.
  var daybook = ""
  /// The major version of the Postgres that made it, and that is needed to run it.
  var postgres = ""
  /// Who the store is, in words.
  var store = ""
  /// When the backup began and ended, RFC 3339.
  var began = ""
  var ended = ""
  /// Of the copy.
  var bytes = 0
  /// The last event of each shard when the backup began. It has these and all before them; and what was committed while it
  /// was made, up to its end.
  var heads: [FeedMark] = []

  // MARK: Text

  var text: String {
    var lines = [
      "# A backup of a Daybook store. To restore it: daybook restore DIR --home HOME", "format=\(Self.format)",
      "state=\(isComplete ? "complete" : "unfinished")", "daybook=\(daybook)", "postgres=\(postgres)", "store=\(store)",
      "began=\(began)", "ended=\(ended)", "bytes=\(bytes)",
    ]
    lines += heads.map { "head=\($0.shard) \($0.position) \(Self.hexadecimal($0.hash))" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// - Throws: `BackupError` where `text` is no note that this program can read.
  init(text: String, path: String) throws {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw BackupError.unreadable(path: path, line: String(line.prefix(80))) }
      switch parts[0] {
      case "format":
        guard parts[1] == Self.format else { throw BackupError.newer(path: path) }
      case "state": isComplete = parts[1] == "complete"
      case "daybook": daybook = parts[1]
      case "postgres": postgres = parts[1]
      case "store": store = parts[1]
      case "began": began = parts[1]
      case "ended": ended = parts[1]
      case "bytes": bytes = Int(parts[1]) ?? 0
      case "head": heads.append(try Self.head(parts[1], path))
      // Of a later version that knows more: nothing that this one needs.
      default: break
      }
    }
    guard (1...3).contains(postgres.utf8.count), Int(postgres) != nil else {
      throw BackupError.unreadable(path: path, line: "postgres=\(postgres.prefix(80))")
    }
  }

  init() {}

  private static func head(_ text: String, _ path: String) throws -> FeedMark {
    let parts = text.split(separator: " ").map(String.init)
    guard parts.count == 3, let shard = Int(parts[0]), (0..<StoreIdentity.shardsLimit).contains(shard),
      let position = Int64(parts[1]), position >= 0, let hash = bytes(parts[2]), hash.count == 32
    else { throw BackupError.unreadable(path: path, line: "head=\(text.prefix(80))") }
    return FeedMark(shard: shard, position: position, hash: hash)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  // MARK: File

  /// Reads the note in `folder`.
  static func read(in folder: String) throws -> BackupNote {
    let path = "\(folder)/\(file)"
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw BackupError.noBackup(folder: folder) }
      throw BackupError.system(verb: "read", path: path, errno: errno)
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: bytesLimit)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw BackupError.system(verb: "read", path: path, errno: errno) }
    return try BackupNote(text: String(decoding: bytes.prefix(count), as: UTF8.self), path: path)
  }

  /// Puts the note into `folder`, whole, in place of the one that is there, and waits for the disk.
  func write(in folder: String) throws {
    let (path, fresh) = ("\(folder)/\(Self.file)", "\(folder)/\(Self.file).new")
    let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BackupError.system(verb: "make", path: fresh, errno: errno) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw BackupError.system(verb: "write", path: fresh, errno: errno)
    }
    guard rename(fresh, path) == 0 else { throw BackupError.system(verb: "replace", path: path, errno: errno) }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw BackupError.system(verb: "open", path: folder, errno: errno) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw BackupError.system(verb: "write", path: folder, errno: errno) }
  }
}
