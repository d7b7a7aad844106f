import Glibc
import Postgres
import Runtime

/// Copies of a whole cluster, made and checked by Postgres' own programs: `pg_basebackup` while the cluster runs and is
/// written to, with the WAL that makes the copy consistent, and `pg_verifybackup`, which compares every file with the
/// manifest's SHA-256 and reads the WAL.
///
/// Everything blocks, and asks `watch` every 100 ms or so whether to go on.
package struct ClusterBackup {
  private static let interval = Duration.milliseconds(100)
  /// How long a program that is told to end may take for it.
  private static let patience = Duration.seconds(10)

  private let binaries: ServerBinaries

  /// With the programs of Postgres' major version `version` (`15`), which must be the cluster's.
  package init(version: String) throws(PostgresClusterError) {
    binaries = try ServerBinaries.find(version: version)
  }

  /// Copies the cluster that runs under `home` to `folder`, which must not exist or be empty. What the copy holds is all
  /// that was committed when it ended, and it is on disk when this returns.
  /// - Parameter watch: false ends it.
  package func copy(
    home: String, to folder: String, watch: (ClusterCopyProgress) -> Bool
  ) throws(PostgresClusterError) {
    let address = try PostgresCluster.find(home: home, database: "postgres")
    let arguments = [
      try program("pg_basebackup"), "--host", try PostgresCluster.socketFolder(home: home), "--port", "5432",
      "--username", PostgresCluster.owner, "--no-password", "--pgdata", folder, "--format", "plain",
      "--wal-method", "stream", "--checkpoint", "fast", "--manifest-checksums", "SHA256", "--label", "daybook backup",
      "--progress",
    ]
    let connection: PostgresConnection
    do { connection = try PostgresConnection(address, application: "daybook backup") } catch {
      throw .database(error.description)
    }
    try run(arguments) { _ in watch(Self.copied(connection)) }
  }

  /// What the server says of the copy under way; one at a time is what `max_wal_senders` lets it make.
  private static func copied(_ connection: PostgresConnection) -> ClusterCopyProgress {
    let rows = try? connection.query(
      sql: "SELECT backup_streamed, backup_total FROM pg_stat_progress_basebackup ORDER BY pid DESC LIMIT 1")
    guard let rows, rows.rowCount == 1 else { return ClusterCopyProgress(step: .copying, bytes: 0, total: nil) }
    let bytes = rows.isNull(0, 0) ? 0 : Int((try? rows.int64(0, 0)) ?? 0)
    let total = rows.isNull(0, 1) ? nil : (try? rows.int64(0, 1)).map { Int($0) }
    return ClusterCopyProgress(step: .copying, bytes: bytes, total: total)
  }

  /// Compares the copy in `folder` with its manifest.
  /// - Throws: `damaged` when it is not what was written.
  package func check(_ folder: String, watch: (ClusterCopyProgress) -> Bool) throws(PostgresClusterError) {
    let total = FolderTree.size(folder)
    do {
      try run([try program("pg_verifybackup"), "--exit-on-error", "--quiet", folder]) { child in
        watch(ClusterCopyProgress(step: .checking, bytes: min(total, Self.bytesRead(child)), total: total))
      }
    } catch {
      guard case .programFailed(_, _, let output) = error else { throw error }
      throw .damaged(path: folder, report: output)
    }
  }

  /// What a process has read so far; 0 when that cannot be told.
  private static func bytesRead(_ process: Int32) -> Int {
    for line in SystemCall.readWhole("/proc/\(process)/io").split(separator: "\n") where line.hasPrefix("rchar: ") {
      return Int(line.dropFirst(7)) ?? 0
    }
    return 0
  }

  // MARK: Programs

  private func program(_ name: String) throws(PostgresClusterError) -> String {
    let path = "\(binaries.folder)/\(name)"
    guard access(path, X_OK) == 0 else { throw .noProgram(name: name, folder: binaries.folder) }
    return path
  }

  /// As who we are: the copy is ours, not the server's.
  private func run(_ arguments: [String], watch: (Int32) -> Bool) throws(PostgresClusterError) {
    let output = try CapturedOutput()
    let command = ServerUser.current.command(arguments, output: output.descriptor, signalWhenParentEnds: SIGTERM)
    let child = try PostgresCluster.startChild(command)
    while true {
      if let end = child.waitForEnd(Self.interval) {
        if end.isSuccess { return }
        // Lines of --progress: `  24576/32211 kB (76%), 0/1 tablespace`.
        let text = output.text(limit: 4_000) { $0.contains(" kB (") }
        throw .programFailed(name: arguments[0], end: end.description, output: text)
      }
      if watch(child.processID ?? 0) { continue }
      child.signal(SIGTERM)
      if child.waitForEnd(Self.patience) == nil { child.signal(SIGKILL) }
      _ = child.waitForEnd(Self.patience)
      throw .cancelled
    }
  }
}
