import Runtime

/// The jobs that stand in line for a worker, at most `limit`. From any thread.
final class JobQueue: Sendable {
  private struct State {
    var jobs: [QueryJob] = []
    /// Jobs before this index are taken; they are dropped from the array now and then.
    var taken = 0
    var isClosed = false
  }

  private enum Next {
    case job(QueryJob)
    case closed
  }

  private let limit: Int
  private let state = Monitor(State())

  init(limit: Int) {
    self.limit = limit
  }

  /// False when the line is full or closed: the job is not taken.
  func add(_ job: QueryJob) -> Bool {
    let isTaken = state.withLock { state in
      guard !state.isClosed, state.jobs.count - state.taken < limit else { return false }
      state.jobs.append(job)
      return true
    }
    if isTaken { state.signal() }
    return isTaken
  }

  /// Waits for a job; nil once the queue is closed and empty.
  func take() -> QueryJob? {
    let next = state.wait { state -> Next? in
      guard state.taken < state.jobs.count else { return state.isClosed ? .closed : nil }
      let job = state.jobs[state.taken]
      state.taken += 1
      if state.taken == state.jobs.count || state.taken >= 1_024 {
        state.jobs.removeFirst(state.taken)
        state.taken = 0
      }
      return .job(job)
    }
    guard case .job(let job) = next else { return nil }
    return job
  }

  /// Refuses from now on; what is in line is still handed out.
  func close() {
    state.withLock { $0.isClosed = true }
    state.broadcast()
  }

  var count: Int { state.withLock { $0.jobs.count - $0.taken } }
}
