import CommandAPI
import Commands
import EventStore
import Synchronization
import WriteTestSupport

/// An event store that refuses everything, each time for the reason given.
final class RefusingAppender: CommandAppending {
  let resolver: any SeriesResolver = FakeResolver()
  let state: AppenderState
  private let error: AppendError

  init(_ error: AppendError, state: AppenderState = .ready) {
    self.error = error
    self.state = state
  }

  func submit(
    _ command: Command, completion: @escaping @Sendable (Result<AppendOutcome, AppendError>) -> Void
  ) {
    completion(.failure(error))
  }
}
