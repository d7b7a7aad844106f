import Postgres
import ReadModels
import Runtime

/// Runs one job at a time on the thread that owns it: a connection, a snapshot, the answer, and one more try where the
/// store changed under it.
struct QueryWorker: Sendable {
  let pool: PostgresPool
  let watch: ProgressWatch
  let limits: QueryLimits
  let caches: ReadCaches
  let logger: Logger

  private enum Outcome {
    case answered
    /// The position that the job waits for is not reached yet.
    case waits
  }

  func run(_ job: QueryJob) {
    let deadline = MonotonicClock.deadline(after: limits.timeLimit)
    if answerFromMemory(job, deadline, costLimit: .max) { return }
    do throws(ReadFailure) {
      let outcome = try attempt(job, deadline)
      if outcome == .waits { park(job) }
    } catch {
      guard isWorthAnotherTry(error) else { return job.fail(refusal(error)) }
      var job = job
      // What was guessed from the last look at the builds may be what went wrong.
      job.selector = nil
      do throws(ReadFailure) {
        let outcome = try attempt(job, deadline)
        if outcome == .waits { park(job) }
      } catch {
        job.fail(refusal(error))
      }
    }
  }

  /// Answers a job from what is in memory, if that is what a snapshot that begins now would read. False: nothing has
  /// happened. Blocks on nothing.
  /// - Parameter costLimit: what it may cost, as `ReadSnapshot.charge` counts.
  func answerFromMemory(_ job: QueryJob, _ deadline: UInt64, costLimit: Int) -> Bool {
    guard case .snapshot(let answer) = job.work, let selector = job.selector,
      let snapshot = ReadSnapshot(
        inMemory: caches, selector: selector, limits: limits, costLimit: costLimit, deadline: deadline)
    else { return false }
    do throws(ReadFailure) {
      if try mustWait(job, snapshot.progress) { return false }
      try answer(snapshot)
      return true
    } catch {
      // Whatever it is, the store says it again.
      return false
    }
  }

  private func park(_ job: QueryJob) {
    if !watch.park(job) {
      job.fail(
        .overloaded("\(limits.waitingLimit) requests are waiting for a position, which is the limit: try again later"))
    }
  }

  private func attempt(_ job: QueryJob, _ deadline: UInt64) throws(ReadFailure) -> Outcome {
    do {
      return try pool.withConnection { connection in
        switch job.work {
        case .snapshot(let answer):
          let snapshot = try ReadSnapshot(
            connection, limits: limits, caches: caches, selector: job.selector, deadline: deadline)
          if try mustWait(job, snapshot.progress) { return .waits }
          try answer(snapshot)
        case .builds(let answer):
          answer(try BuildList.read(try connection.query(BuildList.all)))
        }
        return .answered
      }
    } catch let error as ReadFailure {
      // A position can be waited for while the projector is still making its tables.
      if case .query(.unavailable(.noReadModel, _)) = error, MonotonicClock.now < job.waitDeadline { return .waits }
      throw error
    } catch let error as PostgresError {
      throw .store(error)
    } catch {
      throw .query(.broken("cannot answer: an unexpected error"))
    }
  }

  /// Whether the job's position is not reached and there is time left to wait for it.
  private func mustWait(_ job: QueryJob, _ progress: ReadProgress) throws(ReadFailure) -> Bool {
    guard let token = job.after?.token else { return false }
    do {
      if try progress.hasReached(token) { return false }
    } catch {
      throw .query(error)
    }
    guard MonotonicClock.now < job.waitDeadline else { throw .query(progress.notReached(token)) }
    return true
  }

  /// A build that was dropped between two statements, a plan made stale by it, a connection that had died in the pool.
  private func isWorthAnotherTry(_ failure: ReadFailure) -> Bool {
    guard case .store(let error) = failure else { return false }
    if let state = error.sqlState, ["42P01", "3F000", "0A000", "40001"].contains(state) { return true }
    return error.isConnectionLost
  }

  private func refusal(_ failure: ReadFailure) -> QueryError {
    switch failure {
    case .query(let error): return error
    case .notInMemory: return .broken("a query was answered without a connection")
    case .content(let error):
      logger.error("a read model is damaged", ["reason": error.description])
      return .broken("\(error)")
    case .store(let error):
      if error.sqlState == "57014" { return .timeLimit(limits.timeLimit) }
      logger.warning("a query failed", ["reason": error.description])
      return error.isUnavailable ? QueryError(unavailable: error) : .broken(error.safeDescription)
    }
  }
}
