import Postgres
import ProjectionKit
import ReadStore
import Runtime

/// Takes a shard on a thread of its own, and counts the build's rows while it restores.
final class TakerThread {
  struct Taken: Sendable {
    let progress: ShardProgress
    let rows: Int64
  }

  private let outcome = Monitor<Result<Taken, any Error>?>(nil)
  private let body: @Sendable () -> Void
  private var thread: OwnedThread?

  init(_ address: PostgresAddress, _ key: BuildShard, rowsOf schema: String) {
    body = { [outcome] in
      let result = Result<Taken, any Error> {
        let store = try ReadStore(address, application: "taker")
        var rows: Int64 = -1
        let progress = try store.take(key) { _, transaction in
          rows = try transaction.query("SELECT count(*) FROM \(schema).rows").int64(0, 0)
        }
        return Taken(progress: progress, rows: rows)
      }
      outcome.withLock { $0 = result }
      outcome.broadcast()
    }
  }

  func start() { thread = OwnedThread("taker", body) }

  func result() throws -> Taken {
    thread?.join()
    guard let result = outcome.withLock({ $0 }) else { preconditionFailure("BUG: no result") }
    return try result.get()
  }
}
