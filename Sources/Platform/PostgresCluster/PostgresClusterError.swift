/// Why a private cluster cannot be made, started or found. The text says what to do.
package enum PostgresClusterError: Error, CustomStringConvertible, Sendable {
  case noServerBinaries(wantedVersion: String?)
  case noClientProgram(name: String)
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
  case nothingThere(home: String)
  case notEmpty(path: String)
  case noRoom(path: String, needed: Int, free: Int)
  case noProgram(name: String, folder: String)
  case programFailed(name: String, end: String, output: String)
  case damaged(path: String, report: String)
  case cancelled

  package var description: String {
    switch self {
    case .noServerBinaries(let version):
      let wanted = version.map { "version \($0) (the cluster was made by it)" } ?? "any version"
      return "cannot find Postgres' server programs: expected \(wanted) in /usr/lib/postgresql/*/bin or on PATH; "
        + "install it (Debian: apt-get install postgresql), or give --database"
    case .noClientProgram(let name):
      return "cannot find Postgres' program \(name): expected it in /usr/lib/postgresql/*/bin or on PATH; install it "
        + "(Debian: apt-get install postgresql-client)"
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
    case .nothingThere(let home):
      return "cannot find a cluster under \(home): `daybook up` makes it; or give another --home"
    case .notEmpty(let path):
      return "cannot restore to \(path): there is data already; choose another --home, or move that away"
    case .noRoom(let path, let needed, let free):
      return
        "cannot restore to \(path): \(needed >> 20) MiB are needed and \(free >> 20) MiB free; make room, or choose "
        + "another --home"
    case .noProgram(let name, let folder):
      return "cannot find \(name) in \(folder): install Postgres' client programs of that version (Debian: apt-get "
        + "install postgresql)"
    case .programFailed(let name, let end, let output):
      return "cannot go on: \(name) failed (\(end)): \(output.isEmpty ? "it said nothing" : output)"
    case .damaged(let path, let report):
      return "the backup is damaged: it is not what was written: \(report.isEmpty ? path : report)"
    case .cancelled: return "interrupted"
    }
  }
}
