import Glibc

/// Where `initdb` and `postgres` are.
struct ServerBinaries {
  let folder: String
  /// As in PG_VERSION (`15`), where the folder's name tells; nil for those found on PATH.
  let version: String?

  /// The newest installed, or exactly `version`. Debian's and Red Hat's folders first, then PATH.
  static func find(version wanted: String?) throws(PostgresClusterError) -> ServerBinaries {
    let found = PostgresFolders.installed.map { ServerBinaries(folder: $0.path, version: $0.version) }
      .filter(\.isComplete)
    if let wanted, let exact = found.first(where: { $0.version == wanted }) { return exact }
    if wanted == nil, let newest = found.first { return newest }
    for folder in PostgresFolders.onPath {
      let binaries = ServerBinaries(folder: folder, version: nil)
      if binaries.isComplete { return binaries }
    }
    throw .noServerBinaries(wantedVersion: wanted)
  }

  private var isComplete: Bool {
    access("\(folder)/initdb", X_OK) == 0 && access("\(folder)/postgres", X_OK) == 0
  }
}
