import Glibc
import Postgres
import PostgresCluster
import Runtime

/// The Postgres of this test process: started at the first use, removed when the process ends. When the process is killed
/// the server dies with it, and the next run of any test removes what it left on disk.
enum TestCluster {
  static let shared: Result<PostgresCluster, any Error> = Result { try start() }

  private static func start() throws -> PostgresCluster {
    removeAbandoned()
    let cluster = PostgresCluster(
      home: "\(TemporaryFolder.base)/\(prefix)\(getpid())", settings: settings, isDisposable: true,
      logger: Logger(program: "tests", level: .warning))
    do {
      try cluster.initializeIfNeeded()
      try cluster.start()
    } catch {
      cluster.destroy()
      throw error
    }
    atexit { if case .success(let cluster) = TestCluster.shared { cluster.destroy() } }
    return cluster
  }

  private static let prefix = "daybook-tests-"

  /// Quick instead of durable: tests that crash a server start one of their own.
  private static let settings = [
    "fsync": "off", "full_page_writes": "off", "max_connections": "200", "max_wal_size": "512MB",
    "min_wal_size": "80MB",
  ]

  private static func removeAbandoned() {
    guard let stream = opendir(TemporaryFolder.base) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), let owner = pid_t(name.dropFirst(prefix.count)) else { continue }
      if kill(owner, 0) == 0 || errno != ESRCH { continue }
      _ = PostgresCluster.removeAbandoned(
        home: "\(TemporaryFolder.base)/\(name)", logger: Logger(program: "tests", level: .warning))
    }
  }
}
