import Postgres

/// An event that stands in the log exactly when one certain transaction was committed.
struct CommitEvidence {
  let shard: Int32
  let position: Int64
  let hash: [UInt8]

  /// Of `AppendStatements.findEvent`.
  var parameters: PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int32(shard)
    parameters.int64(position)
    parameters.bytes(hash)
    return parameters
  }
}
