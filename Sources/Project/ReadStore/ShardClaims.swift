/// Who projects which shard, as one projector sees it. Used by the engine's thread, for one session; what it holds is given
/// back when it goes.
package protocol ShardClaims: AnyObject {
  /// Throws when the claims are lost altogether, so that the session has to begin anew.
  func check() throws
  /// It is being decided anew who gets which shard. Until that is over nothing may be written; asking says that nothing is.
  func isUnsettled() -> Bool
  /// Those of `held` that are this projector's no more.
  func lost(of held: Set<BuildShard>) -> Set<BuildShard>
  /// Of `wanted`, those that are this projector's from now on.
  func take(_ wanted: [BuildShard]) throws -> [BuildShard]
  /// What was flushed: shard → Kafka offset of its last event. A hint for those who watch the group.
  func flushed(_ offsets: [Int: Int64])
}
