import Postgres
import PostgresCluster
import Runtime

/// Where this process finds its two stores, as each of the roles that it needs.
struct Databases {
  private let home: String
  private let eventURL: String?
  private let readURL: String?

  static let options = [SharedOptions.home, SharedOptions.database, SharedOptions.readDatabase]

  init(_ options: ProgramOptions) {
    home = options[SharedOptions.home.flag] ?? ".daybook"
    eventURL = options[SharedOptions.database.flag].flatMap { $0.isEmpty ? nil : $0 }
    readURL = options[SharedOptions.readDatabase.flag].flatMap { $0.isEmpty ? nil : $0 } ?? eventURL
  }

  /// True where no database was given: the private Postgres under the home folder is meant.
  var isEmbedded: Bool { eventURL == nil }

  /// True where the read models are in the private Postgres.
  var hasEmbeddedReadStore: Bool { readURL == nil }

  /// The event store as `role`; nil: as whoever the URL names, or the private cluster's owner.
  func eventStore(role: String?) throws -> PostgresAddress {
    try address(eventURL, role: role)
  }

  /// The read store as `role`.
  func readStore(role: String?) throws -> PostgresAddress {
    try address(readURL, role: role)
  }

  private func address(_ url: String?, role: String?) throws -> PostgresAddress {
    if let url { return PostgresAddress(conninfo: url, role: role) }
    return try PostgresCluster.find(home: home).with(user: role ?? PostgresCluster.owner)
  }
}
