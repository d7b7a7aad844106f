import Commands
import Events
import Hashing

/// The series of one group that its commands could not name by number.
struct GroupSeries {
  struct Unknown {
    let series: NewSeries
    /// Which command of the group brought it first.
    let command: Int
  }

  /// Without a number so far, each once, in the order in which they came.
  private(set) var unknown: [Unknown] = []
  private var ids: [XXH3.Hash128: SeriesID] = [:]
  /// Looked up or registered in this transaction: what the cache is to learn after the commit.
  private(set) var learned: [(fingerprint: XXH3.Hash128, id: SeriesID)] = []

  init(_ commands: [PreparedCommand], cache: SeriesCache) {
    var seen: Set<XXH3.Hash128> = []
    for (index, command) in commands.enumerated() {
      for series in command.newSeries where seen.insert(series.fingerprint).inserted {
        if let id = cache.lookup(series.fingerprint) {
          ids[series.fingerprint] = id
        } else {
          unknown.append(Unknown(series: series, command: index))
        }
      }
    }
  }

  /// The same without what only commands that are not among `commands` brought: these were answered otherwise.
  func keeping(_ commands: [PreparedCommand]) -> GroupSeries {
    var kept = self
    var first: [XXH3.Hash128: Int] = [:]
    for (index, command) in commands.enumerated() {
      for series in command.newSeries where first[series.fingerprint] == nil { first[series.fingerprint] = index }
    }
    kept.unknown = unknown.compactMap { item in
      first[item.series.fingerprint].map { Unknown(series: item.series, command: $0) }
    }
    return kept
  }

  /// The registry has this one.
  mutating func found(_ fingerprint: XXH3.Hash128, _ id: SeriesID) {
    ids[fingerprint] = id
    learned.append((fingerprint, id))
  }

  /// Those that the registry does not have either get the next numbers of their shard, in the order in which they came.
  /// Only under the lock of all their shards. Returns them per shard, and which command each shard's first one came with.
  mutating func register(
    heads: [Int: ShardHead], shards: Int
  ) -> [Int: (entries: [SeriesRegistered.Entry], command: Int)] {
    var registered: [Int: (entries: [SeriesRegistered.Entry], command: Int)] = [:]
    for item in unknown where ids[item.series.fingerprint] == nil {
      let (series, shard) = (item.series, item.series.shard)
      guard let head = heads[shard] else { preconditionFailure("BUG: shard \(shard) is not locked") }
      let index = head.series + Int64(registered[shard]?.entries.count ?? 0)
      let id = SeriesID(index: index, shard: shard, shards: shards)
      let entry = SeriesRegistered.Entry(
        id: id, fingerprintHigh: series.fingerprint.high, fingerprintLow: series.fingerprint.low, key: series.key)
      registered[shard, default: ([], item.command)].entries.append(entry)
      found(series.fingerprint, id)
    }
    return registered
  }

  /// By the index that the command's columns refer to.
  func ids(of command: PreparedCommand) -> [Int64?] {
    command.newSeries.map { ids[$0.fingerprint]?.rawValue }
  }
}
