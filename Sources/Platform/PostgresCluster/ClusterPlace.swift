import CLinux
import Glibc
import Hashing
import Runtime

/// Where the files of a home's cluster are. A home is a folder that a person chose; `data` is in it, or under
/// /var/lib/daybook where Postgres' user cannot get into the home.
struct ClusterPlace {
  /// Absolute, without symbolic links.
  let home: String
  /// The folder that holds the data folder.
  let parent: String
  let user: ServerUser

  var data: String { "\(parent)/postgres" }
  /// Where data is made, until it is whole and gets its name.
  var unfinished: String { "\(data).new" }
  var log: String { "\(home)/postgres.log" }
  /// Beside the data, not in the home: of two homes that lead to the same data one may run it.
  var lock: String { "\(parent)/cluster.lock" }
  /// Says where the data is when it is elsewhere, so that a home can be moved.
  var location: String { "\(home)/postgres.location" }
  var pointer: String { "\(home)/cluster" }
  var isElsewhere: Bool { parent != home }

  /// The major version that made the data; nil when there is none yet.
  var version: String? {
    let text = SystemCall.readTail("\(data)/PG_VERSION", limit: 16).split(whereSeparator: \.isWhitespace)
    return text.first.map { String($0) }
  }

  /// A Unix socket's path may have 107 bytes, so it is in a short folder of its own, named after the home: under /run for
  /// root, else in the service's own folder there where systemd made one (its /tmp may be hidden from everybody else), else
  /// under /tmp. Only the server's user and root may enter it: who may enter may ask to log in, and
  /// pg_ident.conf decides about that.
  var socketFolder: String {
    if geteuid() == 0, access("/run", W_OK) == 0 { return "/run/daybook-\(Self.hash(home))" }
    if let folder = Self.runtimeFolder { return "\(folder)/postgres-\(Self.hash(home))" }
    return "/tmp/daybook-\(geteuid())-\(Self.hash(home))"
  }

  /// systemd's RuntimeDirectory= of this service; nil where there is none that we could use.
  private static var runtimeFolder: String? {
    guard let path = getenv("RUNTIME_DIRECTORY").map({ String(cString: $0) }),
      // Several are apart by colons.
      path.hasPrefix("/"), !path.contains(":"), path.utf8.count <= 60, access(path, W_OK) == 0
    else { return nil }
    return path
  }

  /// Decides, and makes the home where it is missing.
  init(home path: String) throws(PostgresClusterError) {
    try SystemCall.makeFolders(path, mode: 0o755)
    guard let home = SystemCall.realPath(path) else { throw SystemCall.fail("resolve", path) }
    let elsewhere = "\(Self.systemFolder)/\(Self.hash(home))"
    self.home = home
    if let status = SystemCall.status("\(home)/postgres") {
      parent = home
      user = try Self.owner(of: "\(home)/postgres", status)
    } else if geteuid() != 0 {
      if let recorded = Self.recordedParent(home) { throw .notOurs(path: "\(recorded)/postgres", owner: "root") }
      parent = home
      user = .current
    } else if let recorded = Self.recordedParent(home), let status = SystemCall.status("\(recorded)/postgres") {
      parent = recorded
      user = try Self.owner(of: "\(recorded)/postgres", status)
    } else if let status = SystemCall.status("\(elsewhere)/postgres") {
      parent = elsewhere
      user = try Self.owner(of: "\(elsewhere)/postgres", status)
    } else {
      guard let server = ServerUser.named("postgres") else { throw .noServerUser }
      user = server
      parent = Self.canEnter(home, server) ? home : elsewhere
    }
  }

  static let systemFolder = "/var/lib/daybook"

  static func hash(_ home: String) -> String {
    SHA256.hash([UInt8](home.utf8)).prefix(8).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0\(digits)" : digits
    }.joined()
  }

  /// Who made the data runs it: as root any owner but root, else only ourselves.
  private static func owner(of data: String, _ status: stat) throws(PostgresClusterError) -> ServerUser {
    guard SystemCall.isFolder(status) else { throw .unsafeFolder(path: data, reason: "it is no folder") }
    guard let owner = ServerUser.with(id: status.st_uid) else {
      throw .notOurs(path: data, owner: "\(status.st_uid)")
    }
    if geteuid() == 0, !owner.isRoot { return owner }
    guard geteuid() != 0, owner.user == geteuid() else { throw .notOurs(path: data, owner: owner.name) }
    return owner
  }

  /// What `location` says; only a folder that we would have made counts.
  private static func recordedParent(_ home: String) -> String? {
    let text = SystemCall.readTail("\(home)/postgres.location", limit: 256).split(whereSeparator: \.isNewline)
    guard let path = text.first.map(String.init), path.hasPrefix(systemFolder + "/") else { return nil }
    let name = path.dropFirst(systemFolder.count + 1)
    return name.count == 16 && name.allSatisfy(\.isHexDigit) ? path : nil
  }

  /// Asks the kernel instead of reading mode bits: a child of that user changes to the folder.
  private static func canEnter(_ folder: String, _ user: ServerUser) -> Bool {
    let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(nowhere) }
    var command = user.command(["/bin/true"], output: nowhere, signalWhenParentEnds: SIGKILL)
    command.directory = folder
    guard let child = try? ChildProcess(command) else { return false }
    return child.waitForEnd(.seconds(10)) != nil
  }

  /// Makes the folder that the data folder will be in.
  func makeParent() throws(PostgresClusterError) {
    guard isElsewhere else { return }
    // Whatever the umask says: the server's user has to get through.
    if try SystemCall.makeFolders(Self.systemFolder, mode: 0o755) {
      try SystemCall.give(Self.systemFolder, user: 0, group: 0, mode: 0o755)
    }
    try SystemCall.makeFolders(parent, mode: 0o755)
    try SystemCall.write(parent + "\n", to: location, user: geteuid(), group: getegid(), mode: 0o644)
    try SystemCall.give(parent, user: user.user, group: user.group, mode: 0o700)
  }

  /// Makes the socket's folder (gone after a reboot), or checks that the one there is nobody else's, and clears what a dead
  /// server left in it.
  func makeSocketFolder() throws(PostgresClusterError) {
    let folder = socketFolder
    try SystemCall.makeFolders(folder, mode: 0o700)
    guard let status = SystemCall.status(folder), SystemCall.isFolder(status) else {
      throw .unsafeFolder(path: folder, reason: "it is no folder")
    }
    guard status.st_uid == user.user || status.st_uid == geteuid() else {
      throw .unsafeFolder(path: folder, reason: "another user made it; remove it")
    }
    // Root's group may enter too: in some containers root has not the right to pass everywhere.
    try SystemCall.give(folder, user: user.user, group: getegid(), mode: geteuid() == 0 ? 0o750 : 0o700)
    for name in SystemCall.names(in: folder) where name.hasPrefix(".s.PGSQL.") { unlink("\(folder)/\(name)") }
  }
}
