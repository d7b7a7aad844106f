import Glibc

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

  /// For daybook_spawn: nobody else but whom we are can be chosen without being root.
  var spawnUser: uid_t { geteuid() == 0 ? user : uid_t.max }
  var spawnGroup: gid_t { geteuid() == 0 ? group : gid_t.max }
}
