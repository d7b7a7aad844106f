import CommandAPI
import Commands
import EventStore
import Runtime
import Synchronization
import WriteTestSupport

/// An event store that refuses everything, each time for the reason given.
final class RefusingAppender: CommandAppending {
  let resolver: any SeriesResolver = FakeResolver()
  let state: AppenderState
  let load: AppenderLoad
  private let error: AppendError

  init(_ error: AppendError, state: AppenderState = .ready, waiting: Int = 0) {
    self.error = error
    self.state = state
    load = AppenderLoad(commands: waiting, commandsLimit: 100, bytes: 0, bytesLimit: 1_000)
  }

  func submit(
    _ command: Command, queue: (any WorkQueue)?,
    completion: @escaping @Sendable (Result<AppendOutcome, AppendError>) -> Void
  ) {
    completion(.failure(error))
  }
}
