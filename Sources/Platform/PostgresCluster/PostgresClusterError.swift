/// Why a private cluster cannot be made, started or found. The text says what to do.
package enum PostgresClusterError: Error, CustomStringConvertible, Sendable {
  case noServerBinaries(wantedVersion: String?)
  case noServerUser
  case notOurs(path: String, owner: String)
  case unsafeFolder(path: String, reason: String)
  case system(verb: String, path: String, errno: Int32)
  case inUse(home: String)
  case initializationFailed(log: String)
  case stopped(status: String, log: String)
  case startTimeout(Duration, log: String)
  case notStarted(home: String)
  case database(String)

  package var description: String {
    switch self {
    case .noServerBinaries(let version):
      let wanted = version.map { "version \($0) (the cluster was made by it)" } ?? "any version"
      return "cannot find Postgres' server programs: expected \(wanted) in /usr/lib/postgresql/*/bin or on PATH; "
        + "install it (Debian: apt-get install postgresql), or give --database"
    case .noServerUser:
      return "cannot run Postgres as root: expected an operating system user called postgres; make one, or run this as "
        + "an ordinary user"
    case .notOurs(let path, let owner):
      return "cannot use \(path): it belongs to user \(owner); run this as that user or as root, or choose another home"
    case .unsafeFolder(let path, let reason):
      return "cannot use \(path): \(reason)"
    case .system(let verb, let path, let number):
      return "cannot \(verb) \(path): \(SystemCall.text(number))"
    case .inUse(let home):
      return "cannot start the cluster of \(home): another process runs it; stop that, or choose another home"
    case .initializationFailed(let log): return "cannot make the cluster: initdb failed: \(log)"
    case .stopped(let status, let log): return "cannot start Postgres: it ended (\(status)); its log ends with: \(log)"
    case .startTimeout(let limit, let log):
      return "cannot start Postgres: it accepts nobody after \(limit); its log ends with: \(log)"
    case .notStarted(let home):
      return "cannot find a running cluster under \(home): start `daybook up` there first, or give --database"
    case .database(let text): return text
    }
  }
}
