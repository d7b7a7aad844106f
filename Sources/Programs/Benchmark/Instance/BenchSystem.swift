package import Postgres
package import Runtime

/// What is measured: where it takes samples, where it answers, which processes it costs, and where it keeps things.
package struct BenchSystem: Sendable {
  /// Connections are spread over them.
  package let writes: [RequestURL]
  /// Nil: it is not known where it answers, or another make.
  package let query: ListenAddress?
  /// With all that is below them.
  package let processIDs: [Int32]
  /// Nil: WAL and stored bytes cannot be told.
  package let store: PostgresAddress?

  package init(writes: [RequestURL], query: ListenAddress?, processIDs: [Int32], store: PostgresAddress?) {
    self.writes = writes
    self.query = query
    self.processIDs = processIDs
    self.store = store
  }

  var addresses: [ListenAddress] { writes.map(\.address) }
  /// Path and query of a write: the same for all.
  var target: String { writes[0].target }

  /// Throws where a process that is to be watched is not there.
  package func check() throws {
    for processID in processIDs where !ProcessUsage.isRunning(processID) {
      throw BenchError("there is no process \(processID) to watch")
    }
  }
}
