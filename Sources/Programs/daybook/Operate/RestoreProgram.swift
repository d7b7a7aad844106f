import EventFeed
import Events
import PostgresCluster
import Runtime

enum RestoreProgram: Subcommand {
  static let name = "restore"
  static let summary = "Put a backup into a home that has no data yet."
  static let discussion = """
      Copies what 'daybook backup' made to --home, compares every byte of it with its manifest, starts its Postgres once,
      gives the store a new generation, and stops it again; 'daybook up' then goes on from there. A home that has data is
      refused. The backup is only read.

      What was acknowledged after the backup ended is gone, and so are positions given out since: a request that waits for
      one (after=) is told so. Idempotency keys are restored too: a client that sends again what it does not know the end
      of counts nothing twice. Interrupted, it leaves a home that has no data, or one that 'daybook up' finishes.
    """
  static let arguments = [ProgramArgument("DIR", "Folder that 'daybook backup' made.")]
  static let options = Databases.options + SharedOptions.logging
  static let examples = [
    ("daybook restore /backups/monday --home new", "Put a backup into the home 'new'."),
    ("daybook up --home new", "Go on from it."),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let termination = TerminationSignal()
    let logger = try SharedOptions.logger(options, program: name)
    let databases = Databases(options)
    guard databases.isEmbedded else {
      throw UsageError(
        "a store of --database is restored with Postgres' own tools; then run 'daybook migrate --restored'")
    }
    let folder = options.positional[0]
    let note = try BackupNote.read(in: folder)
    guard note.isComplete else { throw BackupError.unfinished(folder: folder) }
    let home = options[SharedOptions.home.flag] ?? ".daybook"
    let cluster = PostgresCluster(home: home, logger: logger)
    defer { cluster.stop() }
    let line = CopyProgressLine(copying: "copying") { termination.wait(timeout: .zero) != nil }
    defer { line.end() }
    try cluster.restore(from: "\(folder)/\(BackupNote.folder)", version: note.postgres) { line.show($0) }
    line.end()
    let (identity, events) = try settle(cluster, databases, note, logger)
    print("restored \(events) events of \(note.store), as of \(note.ended)")
    print("it is from now on generation \(identity.generation)")
    print("start it with: daybook up --home \(home)")
    return ExitCode.success
  }

  /// Starts the restored cluster for the first time, and has its store know that it was restored. Returns who it is now, and
  /// how many events it has.
  private static func settle(
    _ cluster: PostgresCluster, _ databases: Databases, _ note: BackupNote, _ logger: Logger
  ) throws -> (identity: StoreIdentity, events: Int64) {
    try cluster.start()
    _ = try StoreMigration.run(databases, shards: StoreMigration.defaultShards)
    let feed = try StoreFeed(databases.eventStore(role: "daybook_feed"), application: "daybook restore")
    if let fault = try feed.verify(note.heads).first { throw BackupError.eventsMissing(fault.description) }
    try StoreRestoration.settle(cluster, databases, logger)
    let restored = try StoreFeed(databases.eventStore(role: "daybook_feed"), application: "daybook restore")
    return (restored.identity, try restored.heads().reduce(0) { $0 + $1.position })
  }
}
