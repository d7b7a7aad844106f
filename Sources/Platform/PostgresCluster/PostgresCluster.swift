import Glibc
package import Postgres
package import Runtime
import Synchronization

/// A private Postgres under a folder of the user's: made when missing, run as a child, reached by a Unix socket only.
///
/// Postgres refuses to run as root. Started by root it runs as the user `postgres`, or as the owner of the data that is
/// there; started by an ordinary user it runs as that user. Where the server's user cannot get into the home the data is
/// under /var/lib/daybook, and the log says so. Root, the server's user and who made the cluster may log in as any of
/// `roles`, by peer authentication.
///
/// One process at a time runs a home's cluster: a lock says who. The server ends when our process does, however that
/// happens, and the next start waits for what is left of it. May be used from any thread; calls block.
package final class PostgresCluster: Sendable {
  package static let owner = ClusterSettings.owner

  /// Roles that the operating system users above may take. They are made by migrations.
  package static let roles = [
    owner, "daybook_writer", "daybook_feed", "daybook_relay", "daybook_projector", "daybook_query", "daybook_reader",
  ]

  private let path: String
  private let settings: [String: String]
  private let dieWithParentSignal: Int32
  private let initializationOptions: [String]
  private let orphanPatience: Duration
  let logger: Logger
  private let running = Mutex(Running())

  private struct Running {
    var lock: FolderLock?
    var place: ClusterPlace?
    var server: ChildProcess?
  }

  /// - Parameters:
  ///   - home: the folder; made when missing. The data is in `home/postgres`, the log in `home/postgres.log`.
  ///   - settings: Postgres settings that replace ours.
  ///   - isDisposable: for tests: quick instead of durable while it is made, and no checkpoint when we die.
  ///   - orphanPatience: how long a server whose supervisor died may take to end by itself before it is made to.
  package init(
    home: String, settings: [String: String] = [:], isDisposable: Bool = false,
    orphanPatience: Duration = .seconds(10), logger: Logger
  ) {
    self.orphanPatience = orphanPatience
    path = home
    self.settings = settings
    self.logger = logger
    // SIGINT: sessions are cut off, then a checkpoint. SIGQUIT: at once, recovery at the next start.
    dieWithParentSignal = isDisposable ? SIGQUIT : SIGINT
    initializationOptions = isDisposable ? ["--no-sync"] : []
  }

  /// The server's process; nil when it does not run.
  package var processID: Int32? { running.withLock { $0.server?.processID } }

  /// How the server that `start` started ended; nil while it runs.
  package var exitStatus: String? { running.withLock { $0.server?.end?.description } }

  /// Where the data is. Nil before `initializeIfNeeded`.
  package var dataFolder: String? { running.withLock { $0.place?.data } }

  /// Makes the cluster where there is none. An interrupted attempt leaves nothing that counts.
  package func initializeIfNeeded() throws(PostgresClusterError) {
    let place = try take()
    if place.isElsewhere {
      logger.warning(
        "the home cannot be entered by Postgres' user: its data is elsewhere",
        ["home": place.home, "user": place.user.name, "data": place.data])
    }
    if place.version != nil { return }
    if SystemCall.status(place.data) != nil {
      throw .unsafeFolder(path: place.data, reason: "expected a Postgres data folder, and it holds no PG_VERSION")
    }
    logger.info("making a Postgres cluster", ["data": place.data, "user": place.user.name])
    try initialize(place)
  }

  /// Starts the server and waits until it lets us in, which after a crash is when it has recovered. Nothing happens when
  /// it runs already. What is left of a server whose supervisor died is waited for first, then ended.
  package func start(deadline limit: Duration = .seconds(60)) throws(PostgresClusterError) {
    let place = try take()
    if processID != nil { return }
    let binaries = try ServerBinaries.find(version: place.version)
    try clearLeftovers(place)
    try place.makeSocketFolder()
    try writeConfiguration(place)
    let log = try openLog(place)
    defer { close(log.descriptor) }
    let server = try Self.startChild(
      place.user.command(
        ["\(binaries.folder)/postgres", "-D", place.data], output: log.descriptor,
        signalWhenParentEnds: dieWithParentSignal))
    running.withLock { $0.server = server }
    do {
      try waitUntilItAccepts(server, place, limit, logStart: log.size)
    } catch {
      kill()
      throw error
    }
    try writePointer(place)
    logger.info(
      "Postgres runs", ["pid": "\(server.processID ?? 0)", "data": place.data, "socket": place.socketFolder])
  }

  /// Ends the server: sessions are cut off, a checkpoint is written. Waits up to `patience`, then does it without the
  /// checkpoint (nothing is lost, the next start recovers). Lets go of the home.
  package func stop(patience: Duration = .seconds(60)) {
    let (server, place) = running.withLock { ($0.server, $0.place) }
    if let server, server.end == nil {
      server.signal(SIGINT)
      if server.waitForEnd(patience) == nil {
        logger.warning("Postgres does not stop: stopping it without a checkpoint")
        server.signal(SIGQUIT)
        if server.waitForEnd(.seconds(5)) == nil { server.signal(SIGKILL) }
        _ = server.waitForEnd(.seconds(5))
      }
    }
    if let place {
      _ = ServerProcesses.waitUntilGone(from: place.data, patience: .seconds(5))
      unlink(place.pointer)
      rmdir(place.socketFolder)
    }
    letGo()
  }

  /// Kills the server as a crash would, and waits until its process is gone. Its backends end soon after.
  package func kill() {
    guard let server = running.withLock({ $0.server }) else { return }
    server.signal(SIGKILL)
    _ = server.waitForEnd(.seconds(10))
  }

  /// Waits until the server ends; its status then, or nil after the time.
  package func waitForExit(_ timeout: Duration) -> String? {
    running.withLock { $0.server }?.waitForEnd(timeout)?.description
  }

  /// Ends the server at once and removes all that was made, the home last if nothing else is in it.
  package func destroy() {
    guard let place = running.withLock({ $0.place }) else { return }
    running.withLock { $0.server }?.signal(SIGQUIT)
    _ = waitForExit(.seconds(5))
    kill()
    _ = ServerProcesses.waitUntilGone(from: place.data, patience: .seconds(5))
    FolderTree.remove(place.isElsewhere ? place.parent : place.data)
    FolderTree.remove(place.unfinished)
    FolderTree.remove(place.socketFolder)
    for file in [place.log, "\(place.log).1", place.pointer, place.location, place.lock] { unlink(file) }
    rmdir(place.home)
    letGo()
  }

  /// Removes what a process that died without `destroy` left under `home`. False when another process uses it.
  package static func removeAbandoned(home: String, logger: Logger) -> Bool {
    let cluster = PostgresCluster(home: home, logger: logger)
    do { _ = try cluster.take() } catch { return false }
    cluster.destroy()
    return true
  }

  /// How to reach it, once it was started.
  package func address(user: String = owner, database: String = "daybook") -> PostgresAddress {
    let folder = running.withLock { $0.place?.socketFolder } ?? ""
    return Self.address(socketFolder: folder, user: user, database: database)
  }

  /// How to reach the cluster that another process runs under `home`.
  package static func find(
    home: String, user: String = owner, database: String = "daybook"
  ) throws(PostgresClusterError) -> PostgresAddress {
    address(socketFolder: try socketFolder(home: home), user: user, database: database)
  }

  /// Where the socket of the cluster is that another process runs under `home`.
  static func socketFolder(home: String) throws(PostgresClusterError) -> String {
    let text = SystemCall.readTail("\(home)/cluster", limit: 4_096)
    for line in text.split(separator: "\n") where line.hasPrefix("socket=") { return String(line.dropFirst(7)) }
    throw .notStarted(home: home)
  }

  /// Whether there is a cluster under `home`, running or not. Makes nothing.
  package static func isThere(home: String) -> Bool {
    SystemCall.status("\(home)/postgres") != nil || SystemCall.status("\(home)/postgres.location") != nil
  }

  /// Makes an empty database of our owner's, in UTF-8 and with byte order as its order.
  package func createDatabaseIfNeeded(_ name: String) throws(PostgresClusterError) {
    do {
      let connection = try PostgresConnection(address(database: "postgres"), application: "daybook cluster")
      var parameters = PostgresParameters()
      parameters.text(name)
      let found = try connection.query(sql: "SELECT 1 FROM pg_database WHERE datname = $1", parameters)
      if found.rowCount > 0 { return }
      try connection.execute("CREATE DATABASE \(PostgresConnection.quoted(identifier: name)) TEMPLATE template0")
    } catch {
      throw .database(error.description)
    }
  }

  /// Keeps the server's log small: beyond `logLimit` its content moves to `postgres.log.1`. To be called now and then.
  package func maintainLog() {
    guard let place = running.withLock({ $0.place }), let status = SystemCall.status(place.log) else { return }
    guard status.st_size > Self.logLimit else { return }
    // The server holds the file open, so its content is copied and cut, not the file renamed.
    let text = SystemCall.readTail(place.log, limit: Self.logLimit)
    try? SystemCall.write(text, to: "\(place.log).1", user: geteuid(), group: getegid(), mode: 0o600)
    truncate(place.log, 0)
  }

  /// Bytes of log that are kept twice: enough for a bad week.
  package static let logLimit = 8 << 20

  // MARK: Steps

  private static func address(socketFolder: String, user: String, database: String) -> PostgresAddress {
    PostgresAddress(conninfo: "host=\(socketFolder) port=5432").with(user: user).with(database: database)
  }

  func take() throws(PostgresClusterError) -> ClusterPlace {
    if let place = running.withLock({ $0.place }) { return place }
    let place = try ClusterPlace(home: path)
    try place.makeParent()
    guard let lock = try FolderLock(place.lock) else { throw .inUse(home: place.home) }
    running.withLock { running in
      running.lock = lock
      running.place = place
    }
    return place
  }

  private func letGo() {
    running.withLock { $0.lock = nil }
    running.withLock { running in
      running.place = nil
      running.server = nil
    }
  }

  static func startChild(_ command: ChildCommand) throws(PostgresClusterError) -> ChildProcess {
    do {
      return try ChildProcess(command)
    } catch {
      throw .system(verb: "start", path: error.program, errno: error.errno)
    }
  }

  private func initialize(_ place: ClusterPlace) throws(PostgresClusterError) {
    let binaries = try ServerBinaries.find(version: nil)
    let fresh = place.unfinished
    FolderTree.remove(fresh)
    try SystemCall.makeFolders(fresh, mode: 0o700)
    try SystemCall.give(fresh, user: place.user.user, group: place.user.group, mode: 0o700)
    let log = try openLog(place)
    defer { close(log.descriptor) }
    var command = place.user.command(
      [
        "\(binaries.folder)/initdb", "-D", fresh, "-U", Self.owner, "--auth=peer", "--encoding=UTF8", "--locale=C",
        "--data-checksums", "--no-instructions",
      ] + initializationOptions, output: log.descriptor, signalWhenParentEnds: SIGKILL)
    command.directory = "/"
    let initdb = try Self.startChild(command)
    guard let end = initdb.waitForEnd(.seconds(120)), end.isSuccess else {
      initdb.signal(SIGKILL)
      let tail = SystemCall.readTail(place.log, from: log.size, limit: 2_000)
      FolderTree.remove(fresh)
      throw .initializationFailed(log: tail)
    }
    let configuration = SystemCall.readTail("\(fresh)/postgresql.conf", limit: 1 << 20) + ClusterSettings.include
    try writeConfig("postgresql.conf", configuration, fresh, place)
    if rename(fresh, place.data) != 0 { throw SystemCall.fail("rename", fresh) }
  }

  /// Holding the lock, whatever runs there is an orphan. And a process number in postmaster.pid that is no server of
  /// this folder was given to somebody else since: Postgres would refuse to start because of it.
  private func clearLeftovers(_ place: ClusterPlace) throws(PostgresClusterError) {
    guard let data = SystemCall.realPath(place.data) else { throw SystemCall.fail("resolve", place.data) }
    if !ServerProcesses.running(in: data).isEmpty {
      logger.info("waiting for the server of a supervisor that has died", ["data": data])
      guard ServerProcesses.waitUntilGone(from: data, patience: orphanPatience) else { throw .inUse(home: place.home) }
    }
    unlink("\(data)/postmaster.pid")
  }

  private func writeConfiguration(_ place: ClusterPlace) throws(PostgresClusterError) {
    let text = ClusterSettings.configuration(
      socketFolder: place.socketFolder, version: place.version, overrides: settings)
    try writeConfig("daybook.conf", text, place.data, place)
    try writeConfig("pg_hba.conf", ClusterSettings.hostBasedAuthentication, place.data, place)
    let users: Set = ["root", place.user.name, ServerUser.current.name]
    try writeConfig("pg_ident.conf", ClusterSettings.identities(users: users, roles: Self.roles), place.data, place)
  }

  private func writeConfig(
    _ name: String, _ text: String, _ folder: String, _ place: ClusterPlace
  ) throws(PostgresClusterError) {
    try SystemCall.write(
      text, to: "\(folder)/\(name)", user: place.user.user, group: place.user.group, mode: 0o600)
  }

  private func writePointer(_ place: ClusterPlace) throws(PostgresClusterError) {
    let text =
      "# Where this home's Postgres is; written by `daybook up`.\nsocket=\(place.socketFolder)\ndata=\(place.data)\n"
    try SystemCall.write(text, to: place.pointer, user: geteuid(), group: getegid(), mode: 0o644)
  }

  private func openLog(_ place: ClusterPlace) throws(PostgresClusterError) -> (descriptor: Int32, size: Int) {
    maintainLog()
    let file = open(place.log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemCall.fail("open", place.log) }
    return (file, Int(lseek(file, 0, Int32(SEEK_END))))
  }

  private func waitUntilItAccepts(
    _ server: ChildProcess, _ place: ClusterPlace, _ limit: Duration, logStart: Int
  ) throws(PostgresClusterError) {
    let deadline = MonotonicClock.deadline(after: limit)
    let address = Self.address(socketFolder: place.socketFolder, user: Self.owner, database: "postgres")
    func logTail() -> String { SystemCall.readTail(place.log, from: logStart, limit: 2_000) }
    while true {
      if let end = server.end { throw .stopped(status: end.description, log: logTail()) }
      do {
        _ = try PostgresConnection(address, application: "daybook cluster")
        return
      } catch {
        guard error.isUnavailable else { throw .database(error.description) }
      }
      if MonotonicClock.now >= deadline { throw .startTimeout(limit, log: logTail()) }
      _ = server.waitForEnd(.milliseconds(20))
    }
  }
}
