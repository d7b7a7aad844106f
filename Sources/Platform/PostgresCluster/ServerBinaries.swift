import Glibc

/// Where `initdb` and `postgres` are.
struct ServerBinaries {
  let folder: String
  /// As in PG_VERSION (`15`), where the folder's name tells; nil for those found on PATH.
  let version: String?

  /// The newest installed, or exactly `version`. Debian's and Red Hat's folders first, then PATH.
  static func find(version wanted: String?) throws(PostgresClusterError) -> ServerBinaries {
    var found: [ServerBinaries] = []
    for root in ["/usr/lib/postgresql", "/usr"] {
      for name in SystemCall.names(in: root) {
        let version = root == "/usr" ? (name.hasPrefix("pgsql-") ? String(name.dropFirst(6)) : nil) : name
        guard let version, Int(version) != nil else { continue }
        let binaries = ServerBinaries(folder: "\(root)/\(name)/bin", version: version)
        if binaries.isComplete { found.append(binaries) }
      }
    }
    found.sort { (Int($0.version ?? "") ?? 0) > (Int($1.version ?? "") ?? 0) }
    if let wanted, let exact = found.first(where: { $0.version == wanted }) { return exact }
    if wanted == nil, let newest = found.first { return newest }
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    for folder in path.split(separator: ":") {
      let binaries = ServerBinaries(folder: String(folder), version: nil)
      if binaries.isComplete { return binaries }
    }
    throw .noServerBinaries(wantedVersion: wanted)
  }

  private var isComplete: Bool {
    access("\(folder)/initdb", X_OK) == 0 && access("\(folder)/postgres", X_OK) == 0
  }
}
