import Glibc

/// Postgres' programs for clients: `psql` and its like.
package enum ClientProgram {
  /// The path of `name`: of the newest version installed, else on PATH. Debian's own folders come first because its
  /// /usr/bin/psql is a wrapper that looks for clusters of Debian's.
  package static func find(_ name: String) throws(PostgresClusterError) -> String {
    for folder in PostgresFolders.installed.map(\.path) + PostgresFolders.onPath {
      let path = "\(folder)/\(name)"
      if access(path, X_OK) == 0 { return path }
    }
    throw .noClientProgram(name: name)
  }
}
