/// The jobs that wait for a position, and what becomes of them: a value without clock and thread.
struct ParkedJobs {
  /// What is to be done with jobs that wait no more.
  struct Release {
    /// Their positions are reached: to the workers.
    var ready: [QueryJob] = []
    /// To be refused.
    var failed: [(job: QueryJob, error: QueryError)] = []
  }

  private let limit: Int
  private(set) var jobs: [QueryJob] = []

  init(limit: Int) {
    self.limit = limit
  }

  /// False when as many as may are waiting.
  mutating func add(_ job: QueryJob) -> Bool {
    guard jobs.count < limit else { return false }
    jobs.append(job)
    return true
  }

  /// Progress was read: lets go what has its position, what can never have it, and what has waited long enough.
  mutating func progressed(to progress: ReadProgress, now: UInt64) -> Release {
    var release = Release()
    jobs.removeAll { job in
      guard let token = job.after?.token else {
        release.ready.append(job)
        return true
      }
      do throws(QueryError) {
        if try progress.hasReached(token) {
          release.ready.append(job)
          return true
        }
      } catch {
        release.failed.append((job, error))
        return true
      }
      guard job.waitDeadline <= now else { return false }
      release.failed.append((job, progress.notReached(token)))
      return true
    }
    return release
  }

  /// Progress could not be read, because of `error`: lets go what has waited long enough.
  mutating func expire(because error: QueryError, now: UInt64) -> Release {
    var release = Release()
    jobs.removeAll { job in
      guard job.waitDeadline <= now else { return false }
      release.failed.append((job, error))
      return true
    }
    return release
  }

  /// Lets all go.
  mutating func removeAll() -> [QueryJob] {
    defer { jobs = [] }
    return jobs
  }

  /// The first moment at which somebody has waited long enough; nil when nobody waits.
  var nextDeadline: UInt64? { jobs.map(\.waitDeadline).min() }
}
