import Glibc
import Runtime

/// The operating system's user that Postgres runs as.
struct ServerUser: Equatable {
  let name: String
  let user: uid_t
  let group: gid_t

  static func named(_ name: String) -> ServerUser? {
    guard let entry = getpwnam(name) else { return nil }
    return ServerUser(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
  }

  static func with(id: uid_t) -> ServerUser? {
    guard let entry = getpwuid(id) else { return nil }
    return ServerUser(name: String(cString: entry.pointee.pw_name), user: id, group: entry.pointee.pw_gid)
  }

  /// Who we are.
  static var current: ServerUser {
    with(id: geteuid()) ?? ServerUser(name: "uid \(geteuid())", user: geteuid(), group: getegid())
  }

  var isRoot: Bool { user == 0 }

  /// `arguments` as a command of this user's: its program, arguments and descriptor for what it prints. Settings of ours
  /// in the environment (PGPORT, LANG …) are not the server's. Its memory is to be kept as `HeapMemory` says: the
  /// parameters of an append are megabytes.
  func command(_ arguments: [String], output: Int32, signalWhenParentEnds: Int32) -> ChildCommand {
    var command = ChildCommand(
      arguments,
      environment: [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC",
        "MALLOC_MMAP_THRESHOLD_": "\(16 << 20)", "MALLOC_TRIM_THRESHOLD_": "\(16 << 20)",
      ])
    // Without being root nobody else can be chosen than whom we are.
    if geteuid() == 0 {
      command.user = user
      command.group = group
    }
    command.standardOutput = output
    command.standardError = output
    command.signalWhenParentEnds = signalWhenParentEnds
    return command
  }
}
