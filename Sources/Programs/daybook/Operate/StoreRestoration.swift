import EventFeed
import EventRelay
import EventStore
import Events
import Postgres
import PostgresCluster
import ProjectionEngine
import ReadStore
import Runtime

/// What a store needs after a backup of it was restored: a new generation, and read models that fit its log.
enum StoreRestoration {
  struct Report {
    /// Who the store is from now on.
    let identity: StoreIdentity
    /// Schemas of read models that go on, and of those that are gone and will be made anew.
    let readModels: ReadStore.Adoption
    /// Topics that the relay has sent to, and whether the log has all that it has noted as sent, by shard.
    let topics: [(topic: String, shard: Int, fits: Bool)]

    /// Lines for people.
    var lines: [String] {
      ["the event store is now \(identity)"]
        + readModels.kept.map { "read model \($0) goes on where it stood: the log has all that is in it" }
        + readModels.dropped.map { "read model \($0) was dropped: the log does not have all that was in it" }
        + Dictionary(grouping: topics) { $0.topic }.sorted { $0.key < $1.key }.map { topic, shards in
          Self.line(topic, stopped: shards.filter { !$0.fits }.map(\.shard))
        }
    }

    /// What the relay has noted is as old as the backup: it does not tell what was sent since.
    private static func line(_ topic: String, stopped: [Int]) -> String {
      guard !stopped.isEmpty else {
        return "topic \(topic) goes on where the restored store says it stood: if more was sent to it since, \(anew)"
      }
      let shards = stopped.map { "\($0)" }.joined(separator: ", ")
      return
        "topic \(topic) stands still in shards \(shards), of which it has events that the log does not have: \(anew)"
    }

    private static let anew = "delete it, and run daybook relay --republish"
  }

  /// What `PostgresCluster.restore` left to do, if it left anything: it does not know of stores. To be done before any
  /// service runs, so that nobody is given a position of the old generation.
  static func settle(_ cluster: PostgresCluster, _ databases: Databases, _ logger: Logger) throws {
    guard cluster.isRestored else { return }
    for line in try run(databases).lines { logger.info("restored", ["result": line]) }
    try cluster.settleRestored()
  }

  /// Both stores must be migrated. When it fails between two steps, running it again raises the generation once more,
  /// which costs nothing but the tokens given out since.
  static func run(_ databases: Databases) throws -> Report {
    let owner = try PostgresConnection(databases.eventStore(role: nil), application: "daybook migrate")
    _ = try owner.query(sql: "SELECT daybook_events.restored()")
    let identity = try StoreIdentity.read(from: owner)
    let adoption = try GenerationChange.adoptBuilds(
      eventStore: databases.eventStore(role: "daybook_feed"),
      readStore: databases.readStore(role: "daybook_projector"))
    let feed = try StoreFeed(databases.eventStore(role: "daybook_feed"), application: "daybook migrate")
    let topics = try RelayCursors.adopt(databases.eventStore(role: "daybook_relay"), feed)
    return Report(identity: identity, readModels: adoption, topics: topics)
  }
}
