package import Events
import Postgres

extension StoreFeed {
  /// Up to which position each shard is on the topic, by what the relay has noted; shards that it has never sent are left
  /// out.
  package func relayed(to topic: String) throws(FeedError) -> [Int: Int64] {
    var relayed: [Int: Int64] = [:]
    for shard in try relayShards() where shard.topic == topic { relayed[shard.shard] = shard.position }
    return relayed
  }

  /// How far the relay is with each shard of each topic, by topic, then shard; empty: no relay has ever run.
  package func relayShards() throws(FeedError) -> [RelayShard] {
    try Self.guarded { () throws(PostgresError) in
      let rows = try connection.query(Self.selectRelay)
      var shards: [RelayShard] = []
      for row in 0..<rows.rowCount {
        shards.append(
          RelayShard(
            topic: try rows.text(row, 0), shard: Int(try rows.int32(row, 1)), position: try rows.int64(row, 2),
            problem: rows.isNull(row, 3) ? nil : try rows.text(row, 3)))
      }
      return shards
    }
  }

  private static let selectRelay = PostgresStatement(
    "feed_relay",
    "SELECT topic, shard, position, problem FROM daybook_events.relay_cursors ORDER BY topic, shard")
}

extension StoreFeed {
  /// The hash of one event; nil: there is none, or its row cannot be taken apart.
  package func hash(of place: ShardPosition) throws(FeedError) -> [UInt8]? {
    var parameters = PostgresParameters()
    parameters.int32Array([Int32(truncatingIfNeeded: place.shard)])
    parameters.int64Array([place.position])
    let rows = try Self.guarded { () throws(PostgresError) in try connection.query(Self.selectMarked, parameters) }
    guard rows.rowCount == 1 else { return nil }
    let before = try Self.guarded { () throws(PostgresError) in
      rows.isNull(0, 12) ? EventHash.beforeFirst : try rows.byteArray(0, 12)
    }
    let events = try? StoredRow(rows, 0).events(after: before)
    return events?.first { $0.position == place.position }?.hash
  }
}
