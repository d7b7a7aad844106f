package import ReadStore
import Runtime

/// What the group says about who projects what, for one session of the engine.
package final class GroupClaims: ShardClaims {
  private let member: GroupMember

  /// - Parameter changed: told when the group has given out shards anew, or wants them back.
  package init(_ member: GroupMember, changed: @escaping @Sendable () -> Void) {
    self.member = member
    member.state.withLock { $0.changed = changed }
  }

  /// Whoever waits until nothing is being written need not wait for this session.
  deinit {
    member.state.withLock { $0.changed = nil }
    member.state.broadcast()
  }

  package func check() throws {}

  package func isUnsettled() -> Bool {
    let isUnsettled = member.state.withLock { state in
      state.isQuiet = state.isRevoking
      return state.assigned == nil
    }
    if isUnsettled { member.state.broadcast() }
    return isUnsettled
  }

  package func lost(of held: Set<BuildShard>) -> Set<BuildShard> {
    let assigned = member.state.withLock { $0.assigned ?? [] }
    return held.filter { !assigned.contains($0.shard) }
  }

  package func take(_ wanted: [BuildShard]) throws -> [BuildShard] {
    let assigned = member.state.withLock { $0.assigned ?? [] }
    return wanted.filter { assigned.contains($0.shard) }
  }

  package func flushed(_ offsets: [Int: Int64]) {
    member.state.withLock { $0.flushed.merge(offsets) { $1 } }
  }
}
