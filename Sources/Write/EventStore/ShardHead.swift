import Postgres

/// The end of a shard's log: a row of `shards`.
struct ShardHead: Equatable {
  let shard: Int
  /// Of the last event; 0 before the first.
  var position: Int64
  /// Of the last event, nanoseconds since 1970; the next is never earlier.
  var recordedAt: Int64
  /// How many series the shard has.
  var series: Int64
  /// Of the last event, 32 bytes.
  var hash: [UInt8]

  /// The rows of `AppendStatements.lockHeads`.
  static func read(_ result: PostgresResult) throws(PostgresError) -> [ShardHead] {
    var heads: [ShardHead] = []
    for row in 0..<result.rowCount {
      heads.append(
        ShardHead(
          shard: Int(try result.int32(row, 0)), position: try result.int64(row, 1),
          recordedAt: try result.int64(row, 2), series: try result.int64(row, 3), hash: try result.byteArray(row, 4)))
    }
    return heads
  }
}
