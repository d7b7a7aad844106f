import ReadStore
import Runtime
import Synchronization
import TestSupport

/// Who of several engines has which shard, decided as a group does it: nothing moves before all have said that they write
/// nothing.
final class ClaimTable: Sendable {
  private struct Member {
    var changed: @Sendable () -> Void
    /// How often it was told that nothing is settled.
    var pauses = 0
    var offsets: [Int: Int64] = [:]
  }

  private struct State {
    var owners: [Int: String]
    var isMoving = false
    var members: [String: Member] = [:]
    var sessions = 0
    var taken: [BuildShard: Int64] = [:]
  }

  private let state: Mutex<State>

  /// - Parameter owner: of all shards to begin with.
  init(shards: Int, owner: String) {
    state = Mutex(State(owners: Dictionary(uniqueKeysWithValues: (0..<shards).map { ($0, owner) })))
  }

  /// For an engine's settings.
  func join(_ name: String, _ changed: @escaping @Sendable () -> Void) -> any ShardClaims {
    state.withLock {
      $0.members[name] = Member(changed: changed)
      $0.sessions += 1
    }
    return Claims(self, name)
  }

  /// How often an engine began anew, the first times included.
  var sessions: Int { state.withLock { $0.sessions } }
  /// How often each shard of each build was taken, by whomever.
  var taken: [BuildShard: Int64] { state.withLock { $0.taken } }
  func pauses(_ name: String) -> Int { state.withLock { $0.members[name]?.pauses ?? 0 } }
  func offsets(_ name: String) -> [Int: Int64] { state.withLock { $0.members[name]?.offsets ?? [:] } }

  /// Returns when all write nothing.
  func unsettle() throws {
    let before = state.withLock { state in
      state.isMoving = true
      return state.members.mapValues(\.pauses)
    }
    tellAll()
    try waitUntil("all have paused") { before.allSatisfy { pauses($0.key) > $0.value } }
  }

  func settle(_ change: (inout [Int: String]) -> Void = { _ in }) {
    state.withLock {
      change(&$0.owners)
      $0.isMoving = false
    }
    tellAll()
  }

  private func tellAll() {
    for changed in state.withLock({ $0.members.values.map(\.changed) }) { changed() }
  }

  private final class Claims: ShardClaims {
    private let table: ClaimTable
    private let name: String

    init(_ table: ClaimTable, _ name: String) {
      self.table = table
      self.name = name
    }

    func check() {}

    func isUnsettled() -> Bool {
      table.state.withLock {
        if $0.isMoving { $0.members[name]?.pauses += 1 }
        return $0.isMoving
      }
    }

    func lost(of held: Set<BuildShard>) -> Set<BuildShard> {
      table.state.withLock { state in held.filter { state.owners[$0.shard] != name } }
    }

    func take(_ wanted: [BuildShard]) -> [BuildShard] {
      table.state.withLock { state in
        let taken = wanted.filter { state.owners[$0.shard] == name }
        for key in taken { state.taken[key, default: 0] += 1 }
        return taken
      }
    }

    func flushed(_ offsets: [Int: Int64]) {
      table.state.withLock { $0.members[name]?.offsets.merge(offsets) { max($0, $1) } }
    }
  }
}
