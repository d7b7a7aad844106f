import EventFeed
import Events
import Glibc
import Postgres
import PostgresCluster
import Runtime

enum BackupProgram: Subcommand {
  static let name = "backup"
  static let summary = "Copy the private Postgres to a folder, while commands go on."
  static let discussion = """
      Copies all of --home's Postgres to DIR, which must not exist or be empty, with the programs that Postgres has for that
      (pg_basebackup, pg_verifybackup), and compares every byte of the copy with its manifest. 'daybook up' may run and
      take samples meanwhile. Everything that was acknowledged before the backup began is in it, and nothing of what was
      acknowledged after it ended. It is whole once this says so: an unfinished one is refused by 'daybook restore'.

      With --database the store is in a Postgres of your own: back it up with what you back that up with, and run
      'daybook migrate --restored' after you have restored it.
    """
  static let arguments = [ProgramArgument("DIR", "Folder for the backup; made if it is missing.")]
  static let options = Databases.options + SharedOptions.logging
  static let examples = [
    ("daybook backup /backups/monday", "Back up the Postgres of .daybook."),
    ("daybook restore /backups/monday --home new", "Put it into a home that has no data yet."),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let termination = TerminationSignal()
    let logger = try SharedOptions.logger(options, program: name)
    let databases = Databases(options)
    guard databases.isEmbedded else {
      throw UsageError(
        "the store of --database is backed up with Postgres' own tools (pg_basebackup, pg_dump); after restoring it, run "
          + "'daybook migrate --restored'")
    }
    let home = options[SharedOptions.home.flag] ?? ".daybook"
    guard PostgresCluster.isThere(home: home) else { throw PostgresClusterError.nothingThere(home: home) }
    let folder = try BackupFolder(options.positional[0])
    do {
      let cluster = try runningCluster(home, databases, logger)
      defer { cluster?.stop() }
      let note = try make(folder, home, databases, termination)
      print("backed up \(note.store) to \(folder.path): \(note.bytes) bytes, checked")
    } catch {
      folder.clear()
      throw error
    }
    return ExitCode.success
  }

  /// Starts the cluster where nobody runs it, and returns it then: it is ours to stop.
  private static func runningCluster(
    _ home: String, _ databases: Databases, _ logger: Logger
  ) throws -> PostgresCluster? {
    do {
      _ = try PostgresConnection(databases.eventStore(role: nil), application: "daybook backup")
      return nil
    } catch let error as PostgresError where error.isUnavailable {
      // What a killed `up` left says where a server was.
    } catch PostgresClusterError.notStarted {
      // As it should be when nothing runs.
    }
    let cluster = PostgresCluster(home: home, logger: logger)
    do { try cluster.start() } catch {
      cluster.stop()
      throw error
    }
    return cluster
  }

  private static func make(
    _ folder: BackupFolder, _ home: String, _ databases: Databases, _ termination: TerminationSignal
  ) throws -> BackupNote {
    let owner = try PostgresConnection(databases.eventStore(role: nil), application: "daybook backup")
    let data = try owner.query(sql: "SHOW data_directory").text(0, 0)
    guard !"\(folder.path)/".hasPrefix("\(data)/") else { throw BackupError.insideData(folder: folder.path) }
    let feed = try StoreFeed(databases.eventStore(role: "daybook_feed"), application: "daybook backup")
    var note = BackupNote()
    note.daybook = Daybook.version
    note.postgres = "\(owner.serverVersion / 10_000)"
    note.store = feed.identity.description
    note.began = RFC3339.text(nanoseconds: WallClock.now)
    note.heads = try feed.heads().map { FeedMark(shard: $0.shard, position: $0.position, hash: $0.hash) }
    try note.write(in: folder.path)
    let backup = try ClusterBackup(version: note.postgres)
    let line = CopyProgressLine(copying: "copying") { termination.wait(timeout: .zero) != nil }
    defer { line.end() }
    try backup.copy(home: home, to: folder.copy) { line.show($0) }
    try backup.check(folder.copy) { line.show($0) }
    note.ended = RFC3339.text(nanoseconds: WallClock.now)
    note.bytes = FolderTree.size(folder.copy)
    note.isComplete = true
    try note.write(in: folder.path)
    return note
  }
}
