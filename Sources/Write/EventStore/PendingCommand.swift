import Runtime
import Synchronization

/// A command between `submit` and its answer. Whoever comes first answers it, once: the answering thread after a commit,
/// or the watch when it has waited for too long.
final class PendingCommand: Sendable {
  typealias Completion = @Sendable (Result<AppendOutcome, AppendError>) -> Void

  let prepared: PreparedCommand
  /// `MonotonicClock.now`.
  let submittedAt: UInt64
  /// Where to answer it; nil: nobody minds.
  let queue: (any WorkQueue)?
  private let completion: Mutex<Completion?>

  init(_ prepared: PreparedCommand, queue: (any WorkQueue)? = nil, completion: @escaping Completion) {
    self.prepared = prepared
    self.queue = queue
    submittedAt = MonotonicClock.now
    self.completion = Mutex(completion)
  }

  var isAnswered: Bool { completion.withLock { $0 == nil } }

  /// False when somebody else has answered it before.
  @discardableResult
  func answer(_ result: Result<AppendOutcome, AppendError>) -> Bool {
    let taken = completion.withLock { completion in
      defer { completion = nil }
      return completion
    }
    guard let taken else { return false }
    taken(result)
    return true
  }
}
