import Events
import Postgres
import Runtime
import Synchronization

/// A reader that remembers one number per shard and polls: what it sees must be every event once and in order, those that
/// share rows too. It reads while others write, on a thread of its own.
final class LogFollower: Sendable {
  private struct Seen {
    var positions: [Int64]
    var failure: String?
    var isStopped = false
  }

  private let seen: Monitor<Seen>
  private let thread: OwnedThread

  init(_ address: PostgresAddress, shards: Int) {
    let seen = Monitor(Seen(positions: Array(repeating: 0, count: shards)))
    self.seen = seen
    thread = OwnedThread("follower") {
      do {
        let connection = try PostgresConnection(address, application: "follower")
        while true {
          // The order of these two matters: a last look comes after the last write.
          let isLast = seen.withLock { $0.isStopped }
          for shard in 0..<shards { try Self.look(connection, shard, seen) }
          if isLast { return }
        }
      } catch {
        seen.withLock { $0.failure = "\(error)" }
      }
    }
  }

  /// How many events it has seen of each shard; or what it saw that must not be.
  func stop() -> (positions: [Int64], failure: String?) {
    seen.withLock { $0.isStopped = true }
    thread.join()
    return seen.withLock { ($0.positions, $0.failure) }
  }

  private static func look(_ connection: PostgresConnection, _ shard: Int, _ seen: Monitor<Seen>) throws {
    let after = seen.withLock { $0.positions[shard] }
    let rows = try connection.query(
      sql: """
        SELECT position, CASE type WHEN \(EventRun.rowType) THEN get_byte(payload, 0) ELSE 1 END
        FROM daybook_events.events WHERE shard = \(shard) AND position > \(after) ORDER BY position LIMIT 100
        """)
    for row in 0..<rows.rowCount {
      let (position, count) = (try rows.int64(row, 0), try rows.int32(row, 1))
      seen.withLock { seen in
        if position != seen.positions[shard] + Int64(count), seen.failure == nil {
          seen.failure = "shard \(shard): saw \(count) events up to \(position) after \(seen.positions[shard])"
        }
        seen.positions[shard] = position
      }
    }
  }
}
