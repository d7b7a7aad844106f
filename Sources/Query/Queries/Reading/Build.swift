package import Events
import ReadModels

/// A build of a projection, and how far it is.
package struct Build: Sendable {
  package let id: Int32
  package let projection: String
  package let version: Int32
  /// Where its tables are.
  package let schema: String
  package let isActive: Bool
  /// Whose events it has.
  package let store: StoreIdentity
  /// Per shard, from 0: the position of the last event in it; 0: none yet.
  package var positions: [Int64]
  /// Shard → why it stands still, and what to do about it.
  package var problems: [Int: String] = [:]
  /// When the last of them was written, in nanoseconds since 1970; nil: never.
  package var updatedAt: Int64?

  /// The position of the shard that a page is of.
  func position(of page: SeriesPage) -> Int64 {
    let shard = Int(page.shard)
    return positions.indices.contains(shard) ? positions[shard] : 0
  }
}
