import CLinux
import Glibc
import Postgres
import PostgresCluster
import Runtime
import TestSupport
import Testing

/// Real servers, each with a home of its own. One at a time: they are heavy.
@Suite(.serialized) final class PostgresClusterTests {
  private let folder = TemporaryFolder()
  private let logger = Logger(program: "tests", level: .error)
  private var home: String { "\(folder.path)/home" }

  init() {
    // mkdtemp(3) makes folders that only their owner may enter, which for root's tests Postgres' user is not.
    chmod(folder.path, 0o755)
  }

  private static let pristine: Result<TemporaryFolder, any Error> = Result {
    let folder = TemporaryFolder()
    chmod(folder.path, 0o755)
    let cluster = PostgresCluster(
      home: folder.path, isDisposable: true, logger: Logger(program: "tests", level: .error))
    try cluster.initializeIfNeeded()
    cluster.stop()
    atexit { if case .success(let folder) = PostgresClusterTests.pristine { FolderTree.remove(folder.path) } }
    return folder
  }

  /// Killing a server loses nothing that the kernel has, so fsync proves nothing here.
  private func cluster(_ settings: [String: String] = ["fsync": "off"]) -> PostgresCluster {
    PostgresCluster(
      home: home, settings: settings, isDisposable: true, orphanPatience: .milliseconds(300), logger: logger)
  }

  /// A copy of a cluster that was made once, since initdb takes longest; or a new one.
  private func started(fresh: Bool = false) throws -> PostgresCluster {
    if !fresh, access("\(home)/postgres", F_OK) != 0 {
      mkdir(home, 0o755)
      let copied = spawn(["/bin/cp", "-a", try Self.pristine.get().path + "/postgres", home], user: .max, group: .max)
      var status: Int32 = 0
      #expect(copied > 0 && waitpid(copied, &status, 0) == copied && status == 0)
    }
    let cluster = cluster()
    try cluster.initializeIfNeeded()
    try cluster.start()
    try cluster.createDatabaseIfNeeded("daybook")
    return cluster
  }

  private func connect(_ cluster: PostgresCluster) throws -> PostgresConnection {
    try PostgresConnection(cluster.address(), application: "tests")
  }

  @Test func dataIsThereAfterStopAndStart() throws {
    let first = try started()
    try connect(first).execute("CREATE TABLE t (id int); INSERT INTO t VALUES (42)")
    first.stop()
    #expect(first.processID == nil)
    let second = try started()
    defer { second.destroy() }
    #expect(try connect(second).query(sql: "SELECT id FROM t").int32(0, 0) == 42)
  }

  @Test func theSameClusterStartsAgainAfterStop() throws {
    let cluster = try started()
    defer { cluster.destroy() }
    try cluster.start()
    let process = cluster.processID
    cluster.stop()
    try cluster.start()
    #expect(cluster.processID != nil && cluster.processID != process)
    _ = try connect(cluster)
  }

  @Test func committedDataSurvivesAKilledServer() throws {
    let cluster = try started()
    defer { cluster.destroy() }
    let connection = try connect(cluster)
    try connection.execute("CREATE TABLE t (id int)")
    try connection.execute("INSERT INTO t VALUES (42)")
    cluster.kill()
    #expect(cluster.processID == nil)
    #expect(cluster.exitStatus == "signal 9")
    let error = #expect(throws: PostgresError.self) {
      while true { try connection.execute("SELECT 1") }
    }
    #expect(error?.isUnavailable == true)
    #expect(error?.disposition == .retry)
    let refused = #expect(throws: PostgresError.self) { try connect(cluster) }
    #expect(refused?.isUnavailable == true)
    try cluster.start()
    #expect(try connect(cluster).query(sql: "SELECT id FROM t").int32(0, 0) == 42)
  }

  @Test func anUnfinishedClusterOfAProcessThatDiedIsRemovedWhole() throws {
    for path in [home, "\(home)/postgres.new", "\(home)/postgres.new/base"] { mkdir(path, 0o755) }
    #expect(PostgresCluster.removeAbandoned(home: home, logger: logger))
    #expect(access(home, F_OK) != 0)
  }

  @Test func aPoolRecoversWhenTheServerIsBack() throws {
    let cluster = try started()
    defer { cluster.destroy() }
    let pool = PostgresPool(cluster.address(), application: "tests", limit: 2)
    try pool.withConnection { first in
      try pool.withConnection { second in
        try first.execute("SELECT 1")
        try second.execute("SELECT 1")
      }
    }
    cluster.kill()
    // The backends outlive their postmaster by a moment.
    let error = #expect(throws: PostgresError.self) {
      while true { try pool.withConnection { try $0.execute("SELECT 1") } }
    }
    #expect(error?.isUnavailable == true)
    try cluster.start()
    for _ in 0..<3 { try pool.withConnection { try $0.execute("SELECT 1") } }
  }

  @Test func aBusyBackendOfAKilledServerDoesNotPreventTheNextStart() throws {
    let cluster = try started()
    defer { cluster.destroy() }
    let busy = try connect(cluster)
    let process = busy.processID
    let thread = OwnedThread("busy") {
      // A loop that never looks whether the postmaster lives.
      try? busy.execute("SET statement_timeout = 0; DO $$ BEGIN LOOP END LOOP; END $$")
    }
    let watcher = try connect(cluster)
    try waitUntil("the loop runs") {
      try watcher.query(sql: "SELECT count(*) FROM pg_stat_activity WHERE pid = \(process) AND query LIKE '%LOOP%'")
        .int64(0, 0) == 1
    }
    cluster.kill()
    try cluster.start()
    thread.join()
    #expect(busy.isBroken)
    #expect(try connect(cluster).query(sql: "SELECT 1").int32(0, 0) == 1)
  }

  @Test func aServerLeftByADeadSupervisorIsEndedBeforeTheNextStarts() throws {
    let first = try started()
    let data = try #require(first.dataFolder)
    first.stop()
    // A shell that starts a server in the background and dies: nobody holds the home's lock, but the server runs.
    let server = try #require(findServer(), "no server programs")
    var status = stat()
    #expect(stat(data, &status) == 0)
    let sockets = "\(folder.path)/s"
    #expect(mkdir(sockets, 0o755) == 0 && chown(sockets, status.st_uid, status.st_gid) == 0)
    let spawned = spawn(
      ["/bin/sh", "-c", "\(server) -D \(data) -k \(sockets) >/dev/null 2>&1 &"], user: status.st_uid,
      group: status.st_gid)
    #expect(spawned > 0)
    var ended: Int32 = 0
    waitpid(spawned, &ended, 0)
    let address = PostgresAddress(conninfo: "host=\(sockets) port=5432 dbname=daybook").with(
      user: PostgresCluster.owner)
    try waitUntil("the orphan accepts") {
      (try? PostgresConnection(address, application: "tests")) != nil
    }
    let second = try started()
    defer { second.destroy() }
    #expect(second.processID != nil)
    _ = try connect(second)
  }

  @Test func aProcessNumberThatSomebodyElseHasNowDoesNotPreventTheStart() throws {
    let first = try started()
    let data = try #require(first.dataFolder)
    first.stop()
    // Ours: alive, and no server.
    let file = try #require(fopen("\(data)/postmaster.pid", "w"))
    fputs("\(getpid())\n\(data)\n1\n5432\n/nowhere\n\n  0 0\nready\n", file)
    fclose(file)
    let second = try started()
    defer { second.destroy() }
    _ = try connect(second)
  }

  @Test func oneHomeHasOneSupervisor() throws {
    let first = try started()
    let second = cluster()
    let error = #expect(throws: PostgresClusterError.self) { try second.initializeIfNeeded() }
    guard case .inUse = error else {
      Issue.record("expected .inUse, actual \(String(describing: error))")
      return
    }
    first.destroy()
    try second.initializeIfNeeded()
    second.destroy()
  }

  @Test func clientsFindTheClusterByItsHome() throws {
    #expect(throws: PostgresClusterError.self) { try PostgresCluster.find(home: home) }
    let cluster = try started()
    defer { cluster.destroy() }
    let address = try PostgresCluster.find(home: home)
    let user = try PostgresConnection(address, application: "tests").query(sql: "SELECT session_user::text").text(0, 0)
    #expect(user == PostgresCluster.owner)
  }

  @Test func weMayLogInAsEveryRoleOfOursAndNoOther() throws {
    let cluster = try started()
    defer { cluster.destroy() }
    try connect(cluster).execute("CREATE ROLE daybook_writer LOGIN; CREATE ROLE stranger LOGIN")
    _ = try PostgresConnection(cluster.address(user: "daybook_writer"), application: "tests")
    let error = #expect(throws: PostgresError.self) {
      try PostgresConnection(cluster.address(user: "stranger"), application: "tests")
    }
    #expect(error?.disposition == .fatal)
  }

  @Test func nothingListensOnTheNetwork() throws {
    let cluster = try started(fresh: true)
    defer { cluster.destroy() }
    let result = try connect(cluster).query(
      sql: "SELECT current_setting('listen_addresses'), current_setting('data_checksums')")
    #expect(try result.text(0, 0) == "")
    #expect(try result.text(0, 1) == "on")
  }

  @Test func aHomeThatPostgresCannotEnterGetsItsDataElsewhere() throws {
    chmod(folder.path, 0o700)
    let cluster = try started(fresh: true)
    let data = try #require(cluster.dataFolder)
    #expect(data.hasPrefix(geteuid() == 0 ? "/var/lib/daybook/" : folder.path))
    try connect(cluster).execute("CREATE TABLE t (id int); INSERT INTO t VALUES (42)")
    cluster.stop()
    let again = try started(fresh: true)
    #expect(again.dataFolder == data)
    let address = try PostgresCluster.find(home: home)
    #expect(try PostgresConnection(address, application: "tests").query(sql: "SELECT id FROM t").int32(0, 0) == 42)
    again.destroy()
    #expect(access(data, F_OK) != 0)
  }

  @Test func aMovedHomeKeepsItsData() throws {
    chmod(folder.path, 0o700)
    let cluster = try started(fresh: true)
    try connect(cluster).execute("CREATE TABLE t (id int)")
    cluster.stop()
    let moved = "\(folder.path)/moved"
    #expect(rename(home, moved) == 0)
    let again = PostgresCluster(home: moved, isDisposable: true, logger: logger)
    defer { again.destroy() }
    try again.initializeIfNeeded()
    try again.start()
    try connect(again).execute("SELECT * FROM t")
  }

  @Test func aStoppedClusterIsNotFound() throws {
    let cluster = try started()
    cluster.stop()
    #expect(throws: PostgresClusterError.self) { try PostgresCluster.find(home: home) }
    try cluster.start()
    _ = try PostgresCluster.find(home: home)
    cluster.destroy()
  }

  @Test func aServerThatCannotStartSaysWhy() throws {
    let first = try started()
    first.stop()
    let wrong = cluster(["max_connections": "a few"])
    defer { wrong.destroy() }
    let error = #expect(throws: PostgresClusterError.self) { try wrong.start() }
    #expect(error?.description.contains("max_connections") == true)
    #expect(wrong.processID == nil)
  }

  @Test func aHalfMadeClusterIsMadeAgain() throws {
    mkdir(home, 0o755)
    mkdir("\(home)/postgres.new", 0o700)
    let file = try #require(fopen("\(home)/postgres.new/PG_VERSION", "w"))
    fputs("15\n", file)
    fclose(file)
    let cluster = try started(fresh: true)
    cluster.destroy()
  }

  @Test func aFolderThatIsNoClusterIsNotTouched() throws {
    mkdir(home, 0o755)
    if geteuid() == 0 { return }  // A folder of root's is refused for its owner before.
    mkdir("\(home)/postgres", 0o700)
    #expect(throws: PostgresClusterError.self) { try cluster().initializeIfNeeded() }
  }

  @Test func rootsOwnFolderIsNotTakenForACluster() throws {
    guard geteuid() == 0 else { return }
    mkdir(home, 0o755)
    mkdir("\(home)/postgres", 0o700)
    #expect(throws: PostgresClusterError.self) { try cluster().initializeIfNeeded() }
    #expect(access("\(home)/postgres", F_OK) == 0)
  }

  @Test func destroyLeavesNothing() throws {
    let cluster = try started(fresh: true)
    cluster.destroy()
    #expect(access(home, F_OK) != 0)
    #expect(FolderTree.remove(folder.path))
  }

  @Test func aBigLogMovesAside() throws {
    let cluster = try started()
    defer { cluster.destroy() }
    let log = "\(home)/postgres.log"
    truncate(log, off_t(PostgresCluster.logLimit + 1))
    cluster.maintainLog()
    var status = stat()
    #expect(stat(log, &status) == 0 && status.st_size == 0)
    #expect(stat("\(log).1", &status) == 0 && status.st_size == PostgresCluster.logLimit)
    _ = try connect(cluster)
  }

  @Test func anIdleClusterIsSmall() throws {
    let cluster = try started()
    defer { cluster.destroy() }
    _ = try connect(cluster)
    let postmaster = try #require(cluster.processID)
    let processes = [postmaster] + children(of: postmaster)
    let kilobytes = processes.map(proportionalKilobytes).reduce(0, +)
    print("anIdleClusterIsSmall: \(kilobytes) kB in \(processes.count) processes")
    #expect(processes.count > 3)
    #expect(kilobytes < 80_000)
  }

  // MARK: Means

  private func findServer() -> String? {
    for version in (12...30).reversed() {
      let path = "/usr/lib/postgresql/\(version)/bin/postgres"
      if access(path, X_OK) == 0 { return path }
    }
    return nil
  }

  private func spawn(_ arguments: [String], user: uid_t, group: gid_t) -> pid_t {
    let copies: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    let (user, group) = geteuid() == 0 ? (user, group) : (.max, .max)
    return copies.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      return daybook_spawn(
        arguments[0], base.assumingMemoryBound(to: UnsafePointer<CChar>.self), nil, "/", user, group, -1, -1, 0)
    }
  }

  private func children(of parent: pid_t) -> [pid_t] {
    guard let file = fopen("/proc/\(parent)/task/\(parent)/children", "r") else { return [] }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4_096)
    guard fgets(&line, 4_096, file) != nil else { return [] }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.split(separator: " ").compactMap { pid_t($0) }
  }

  /// Proportional set size: what is shared counts once over all. 0 for a process that has ended since it was listed, an
  /// autovacuum worker say.
  private func proportionalKilobytes(_ process: pid_t) -> Int {
    guard let file = fopen("/proc/\(process)/smaps_rollup", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      if text.hasPrefix("Pss:") { return Int(text.split(whereSeparator: \.isWhitespace)[1]) ?? .max }
    }
    return .max
  }
}
