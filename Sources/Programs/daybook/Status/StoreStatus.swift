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
    /// Sum over all shards.
    let position: Int64
    let shards: Int
    /// Why shards stand still, one each, by shard.
    let problems: [String]
  }

  let store: String?
  let lagProblem: String?
  let eventBytes: Int64?
  let readBytes: Int64?
  let builds: [BuildStatus]

  /// Throws where `json` is not what the service answers.
  init(_ json: [UInt8]) throws {
    let parser = JSONParser()
    let root = try parser.parse(json).root
    store = root["store"]?.string
    lagProblem = root["lagProblem"]?.string
    eventBytes = root["storage"]?["events"]?.int64
    readBytes = root["storage"]?["readModels"]?.int64
    var builds: [BuildStatus] = []
    for projection in root["projections"]?.elements.map(Array.init) ?? [] {
      for build in projection["builds"]?.elements.map(Array.init) ?? [] {
        let shards = build["shards"]?.elements.map(Array.init) ?? []
        builds.append(
          BuildStatus(
            projection: projection["name"]?.string ?? "", schema: build["schema"]?.string ?? "",
            version: build["version"]?.int64, isActive: build["active"]?.bool == true,
            lagEvents: build["lag"]?["events"]?.int64, lagSeconds: build["lag"]?["seconds"]?.double,
            position: shards.reduce(Int64(0)) { $0 + ($1["position"]?.int64 ?? 0) }, shards: shards.count,
            problems: shards.compactMap { $0["problem"]?.string }))
      }
    }
    self.builds = builds
    withExtendedLifetime(parser) {}
  }
}
