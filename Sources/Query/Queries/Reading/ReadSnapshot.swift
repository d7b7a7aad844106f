package import Events
import Postgres
import Runtime

/// One REPEATABLE READ snapshot of the read store for one query: everything read here fits together, whatever is flushed
/// or folded meanwhile. Belongs to the worker that made it; blocks.
package final class ReadSnapshot {
  package let progress: ReadProgress
  package let limits: QueryLimits
  let labelCache: SeriesLabelCache
  let knownZones: KnownZones
  private let connection: PostgresConnection
  private let deadline: UInt64
  /// When the server was last told how long a statement may take.
  private var limitedAt: UInt64

  /// Begins the transaction and reads builds and progress, in one round trip. Whoever lent the connection rolls back.
  /// - Parameter deadline: on the monotonic clock; the query may take until then.
  init(
    _ connection: PostgresConnection, limits: QueryLimits, labelCache: SeriesLabelCache, knownZones: KnownZones,
    deadline: UInt64
  ) throws(ReadFailure) {
    self.connection = connection
    self.labelCache = labelCache
    self.knownZones = knownZones
    self.limits = limits
    self.deadline = deadline
    limitedAt = MonotonicClock.now
    let limit = try Self.statementLimit(until: deadline, limits)
    let builds = try ReadFailure.ofStore { () throws(PostgresError) in
      try BuildList.read(
        try Self.last(
          try connection.pipeline { (pipeline) throws(PostgresError) in
            try pipeline.add(sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try pipeline.add(Self.settings, limit)
            try pipeline.add(BuildList.active)
          }))
    }
    do {
      progress = try ReadProgress(builds)
    } catch {
      throw .query(error)
    }
  }

  package var store: StoreIdentity { progress.store }

  /// Runs one statement within what is left of the query's time, give or take a second.
  func query(
    _ statement: PostgresStatement, _ parameters: PostgresParameters = .none
  ) throws(ReadFailure) -> PostgresResult {
    let limit = try Self.statementLimit(until: deadline, limits)
    let now = MonotonicClock.now
    guard now - limitedAt > 1_000_000_000 else {
      return try ReadFailure.ofStore { () throws(PostgresError) in try connection.query(statement, parameters) }
    }
    limitedAt = now
    return try ReadFailure.ofStore { () throws(PostgresError) in
      try Self.last(
        try connection.pipeline { (pipeline) throws(PostgresError) in
          try pipeline.add(Self.settings, limit)
          try pipeline.add(statement, parameters)
        })
    }
  }

  /// To be asked between the steps of a long computation.
  package func checkTime() throws(ReadFailure) {
    if MonotonicClock.now >= deadline { throw .query(.timeLimit(limits.timeLimit)) }
  }

  private static func last(_ results: [PostgresResult]) throws(PostgresError) -> PostgresResult {
    guard let last = results.last else { throw PostgresError("run a pipeline", message: "no result") }
    return last
  }

  /// How long a statement may take, for this transaction. Compiling plans costs more than any of these queries gains.
  private static let settings = PostgresStatement(
    "settings", "SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true)")

  private static func statementLimit(
    until deadline: UInt64, _ limits: QueryLimits
  ) throws(ReadFailure) -> PostgresParameters {
    let now = MonotonicClock.now
    guard now < deadline else { throw .query(.timeLimit(limits.timeLimit)) }
    var parameters = PostgresParameters()
    parameters.text("\((deadline - now) / 1_000_000 + 1)")
    return parameters
  }
}
