/// What a projection cannot go on from. Both stop the build, with an error in the log and in the status: trying again
/// gives the same.
package enum ProjectionError: Error, CustomStringConvertible, Sendable {
  /// An event whose content this projection cannot read, though its hash is right.
  case unusable(shard: Int, position: Int64, reason: String)
  /// Rows that this projection wrote earlier and cannot read back.
  case damaged(table: String, reason: String)

  package var description: String {
    switch self {
    case .unusable(let shard, let position, let reason):
      "cannot project event \(position) of shard \(shard): \(reason)"
    case .damaged(let table, let reason):
      "cannot read back rows of \(table): \(reason); drop this build so that it is made again from the events"
    }
  }
}
