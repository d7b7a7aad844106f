/// Shard by shard how far relay and active builds are, for people; below it why some stand still.
enum ShardTable {
  /// Behind for longer than this a shard is worth a line, in seconds.
  private static let limit = 1.0

  /// Nil where there is nothing to say.
  /// - Parameter all: false: only shards that are behind or stand still.
  static func text(_ store: StoreStatus, all: Bool) -> String? {
    let topics = store.relay.map { topic in
      (name: store.relay.count == 1 ? "relay behind" : "\(topic.topic) behind", shards: topic.shards)
    }
    let columns = topics + store.builds.filter(\.isActive).map { (name: "\($0.projection) behind", shards: $0.shards) }
    let numbers = Set(columns.flatMap { $0.shards.map(\.shard) }).sorted()
    var rows: [[String]] = []
    for number in numbers {
      let shards = columns.map { column in column.shards.first { $0.shard == number } }
      guard all || shards.contains(where: { $0.map(isWorthALine) ?? false }) else { continue }
      let head = shards.compactMap { $0?.head }.min()
      rows.append(["\(number)", head.map { "\($0)" } ?? "unknown"] + shards.map { $0.map(behind) ?? "" })
    }
    let problems = problems(store)
    if rows.isEmpty { return problems.isEmpty ? nil : problems }
    let lines = StatusTable.aligned([["shard", "head"] + columns.map(\.name)] + rows)
    return lines.joined(separator: "\n") + "\n" + problems
  }

  private static func isWorthALine(_ shard: StoreStatus.ShardStatus) -> Bool {
    shard.problem != nil || (shard.lagSeconds ?? 0) > limit
  }

  /// `0`, `12 (3.4 s)`, `12 (3.4 s), stands still`.
  private static func behind(_ shard: StoreStatus.ShardStatus) -> String {
    let note = shard.problem == nil ? "" : ", stands still"
    guard let events = shard.lagEvents, let seconds = shard.lagSeconds else { return "unknown" + note }
    return (events == 0 ? "0" : "\(events) (\(StatusTable.number(seconds)) s)") + note
  }

  /// Reason and remedy of each shard that stands still: once, since it may do so for relay and every projection.
  private static func problems(_ store: StoreStatus) -> String {
    var lines: [String] = []
    let shards = store.relay.flatMap(\.shards) + store.builds.flatMap(\.shards)
    for problem in shards.compactMap(\.problem) where !lines.contains(problem) { lines.append(problem) }
    return lines.map { "\($0)\n" }.joined()
  }
}
