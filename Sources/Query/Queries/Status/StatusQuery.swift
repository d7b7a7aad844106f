import EventFeed
package import Postgres

/// `GET /v1/status`: compares builds and relay with the event store, if this process may read that. Blocks.
package struct StatusQuery: Sendable {
  private let readStore: PostgresAddress
  private let eventStore: PostgresAddress?

  /// - Parameters:
  ///   - readStore: as `daybook_query`.
  ///   - eventStore: as `daybook_feed`; nil: the lag is not known.
  package init(readStore: PostgresAddress, eventStore: PostgresAddress?) {
    self.readStore = readStore
    self.eventStore = eventStore
  }

  /// What the stores take on disk; nil where one cannot be asked.
  package func sizes() -> (events: Int64?, readModels: Int64?) {
    (StoreSize.ofEvents(eventStore), StoreSize.ofReadModels(readStore))
  }

  package func report(_ builds: [Build]) -> StatusReport {
    let sorted = builds.sorted { ($0.projection, $0.id) < ($1.projection, $1.id) }
    guard let eventStore else {
      return Self.withoutLag(sorted, "the query service has no access to the event store: give it --database")
    }
    do throws(FeedError) {
      return try Self.compare(sorted, with: try StoreFeed(eventStore, application: "daybook query status"))
    } catch {
      return Self.withoutLag(sorted, Self.safe(error))
    }
  }

  private static func compare(_ builds: [Build], with feed: StoreFeed) throws(FeedError) -> StatusReport {
    var compared: [StatusReport.BuildStatus] = []
    for build in builds {
      let lag = build.store == feed.identity ? try feed.lag(after: marks(build)) : nil
      compared.append(StatusReport.BuildStatus(build: build, lag: lag))
    }
    return StatusReport(builds: compared, relay: try relay(feed), store: feed.identity, lagProblem: nil)
  }

  private static func relay(_ feed: StoreFeed) throws(FeedError) -> [StatusReport.TopicStatus]? {
    let shards = try feed.relayShards()
    if shards.isEmpty { return nil }
    var topics: [StatusReport.TopicStatus] = []
    for (topic, shards) in Dictionary(grouping: shards, by: \.topic).sorted(by: { $0.key < $1.key }) {
      let marks = shards.map { FeedMark(shard: $0.shard, position: $0.position, hash: []) }
      topics.append(StatusReport.TopicStatus(topic: topic, shards: shards, lag: try feed.lag(after: marks)))
    }
    return topics
  }

  private static func marks(_ build: Build) -> [FeedMark] {
    build.positions.enumerated().map { FeedMark(shard: $0.offset, position: $0.element, hash: []) }
  }

  private static func withoutLag(_ builds: [Build], _ problem: String) -> StatusReport {
    StatusReport(
      builds: builds.map { StatusReport.BuildStatus(build: $0, lag: nil) }, relay: nil, store: nil,
      lagProblem: problem)
  }

  private static func safe(_ error: FeedError) -> String {
    if case .postgres(let error) = error { return "the event store cannot be asked: \(error.safeDescription)" }
    return error.description
  }
}
