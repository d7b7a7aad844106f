import JSON

/// What the query service's `/v1/status` says, as far as it is shown.
struct StoreStatus {
  struct BuildStatus {
    let projection: String
    let schema: String
    let version: Int64?
    let isActive: Bool
    /// Nil: not known.
    let lagEvents: Int64?
    let lagSeconds: Double?
    let shards: [ShardStatus]
  }

  struct TopicStatus {
    let topic: String
    /// Nil: not known.
    let lagEvents: Int64?
    let lagSeconds: Double?
    let shards: [ShardStatus]
  }

  struct ShardStatus {
    let shard: Int64
    let position: Int64
    /// Nil: not known.
    let head: Int64?
    let lagEvents: Int64?
    let lagSeconds: Double?
    /// Why it stands still, and what to do.
    let problem: String?
  }

  let store: String?
  let lagProblem: String?
  let eventBytes: Int64?
  let readBytes: Int64?
  let relay: [TopicStatus]
  let builds: [BuildStatus]

  /// Throws where `json` is not what the service answers.
  init(_ json: [UInt8]) throws {
    let parser = JSONParser()
    let root = try parser.parse(json).root
    store = root["store"]?.string
    lagProblem = root["lagProblem"]?.string
    eventBytes = root["storage"]?["events"]?.int64
    readBytes = root["storage"]?["readModels"]?.int64
    relay = Self.list(root["relay"]).map { topic in
      TopicStatus(
        topic: topic["topic"]?.string ?? "", lagEvents: topic["lag"]?["events"]?.int64,
        lagSeconds: topic["lag"]?["seconds"]?.double, shards: Self.list(topic["shards"]).map(Self.topicShard))
    }
    var builds: [BuildStatus] = []
    for projection in Self.list(root["projections"]) {
      for build in Self.list(projection["builds"]) {
        builds.append(
          BuildStatus(
            projection: projection["name"]?.string ?? "", schema: build["schema"]?.string ?? "",
            version: build["version"]?.int64, isActive: build["active"]?.bool == true,
            lagEvents: build["lag"]?["events"]?.int64, lagSeconds: build["lag"]?["seconds"]?.double,
            shards: Self.list(build["shards"]).map(Self.buildShard)))
      }
    }
    self.builds = builds
    withExtendedLifetime(parser) {}
  }

  private static func list(_ value: JSONValue?) -> [JSONValue] { value?.elements.map(Array.init) ?? [] }

  private static func topicShard(_ json: JSONValue) -> ShardStatus {
    let position = json["position"]?.int64 ?? 0
    let events = json["lag"]?["events"]?.int64
    return ShardStatus(
      shard: json["shard"]?.int64 ?? 0, position: position, head: events.map { position + $0 }, lagEvents: events,
      lagSeconds: json["lag"]?["seconds"]?.double, problem: json["problem"]?.string)
  }

  private static func buildShard(_ json: JSONValue) -> ShardStatus {
    ShardStatus(
      shard: json["shard"]?.int64 ?? 0, position: json["position"]?.int64 ?? 0, head: json["head"]?.int64,
      lagEvents: json["events"]?.int64, lagSeconds: json["seconds"]?.double, problem: json["problem"]?.string)
  }
}
