import Glibc
import Runtime

extension PostgresCluster {
  /// Makes a copy that `ClusterBackup` made this home's data, all of it or nothing: it is copied beside its place, owned by
  /// whoever runs the server here, checked against its manifest, and then renamed. `isRestored` says so from then on. The
  /// source is only read.
  /// - Parameters:
  ///   - folder: the copy.
  ///   - version: the major version of the Postgres that made it.
  ///   - watch: false ends it.
  /// - Throws: `notEmpty` when the home has data.
  package func restore(
    from folder: String, version: String, watch: @escaping (ClusterCopyProgress) -> Bool
  ) throws(PostgresClusterError) {
    let made = SystemCall.readTail("\(folder)/PG_VERSION", limit: 16).split(whereSeparator: \.isWhitespace).first
    guard made.map({ String($0) }) == version else {
      throw .unsafeFolder(path: folder, reason: "expected a data folder of Postgres \(version)")
    }
    let checker = try ClusterBackup(version: version)
    let place = try take()
    if SystemCall.status(place.data) != nil { throw .notEmpty(path: place.data) }
    let fresh = place.unfinished
    FolderTree.remove(fresh)
    let total = FolderTree.size(folder)
    try Self.checkRoom(in: place.parent, bytes: total)
    logger.info("restoring a Postgres cluster", ["data": place.data, "user": place.user.name])
    do throws(PostgresClusterError) {
      var copy = TreeCopy(owner: place.user) { done in
        watch(ClusterCopyProgress(step: .copying, bytes: min(done, total), total: total))
      }
      try copy.copy(folder, to: fresh)
      try checker.check(fresh, watch: watch)
      try SystemCall.write(
        "This data was restored from a backup, and its store does not know it yet. `daybook up` sees to it.\n",
        to: "\(fresh)/\(Self.restoredMark)", user: place.user.user, group: place.user.group, mode: 0o600)
      try SystemCall.syncFolder(fresh)
      if rename(fresh, place.data) != 0 { throw SystemCall.fail("rename", fresh) }
      try SystemCall.syncFolder(place.parent)
    } catch {
      FolderTree.remove(fresh)
      throw error
    }
  }

  /// The data was put in place by `restore`, and nobody has said `settleRestored` since.
  package var isRestored: Bool {
    guard let data = dataFolder else { return false }
    return SystemCall.status("\(data)/\(Self.restoredMark)") != nil
  }

  /// Whoever had to know that the data was restored knows it.
  package func settleRestored() throws(PostgresClusterError) {
    guard let data = dataFolder else { return }
    if unlink("\(data)/\(Self.restoredMark)") != 0, errno != ENOENT {
      throw SystemCall.fail("remove", "\(data)/\(Self.restoredMark)")
    }
    try SystemCall.syncFolder(data)
  }

  /// In the data folder, where it goes wherever the data goes.
  private static let restoredMark = "daybook.restored"

  private static func checkRoom(in folder: String, bytes: Int) throws(PostgresClusterError) {
    var room = statvfs()
    guard statvfs(folder, &room) == 0 else { throw SystemCall.fail("look at the disk of", folder) }
    let free = Int(clamping: UInt64(room.f_bavail).multipliedReportingOverflow(by: UInt64(room.f_frsize)).partialValue)
    if free < bytes { throw .noRoom(path: folder, needed: bytes, free: free) }
  }
}
