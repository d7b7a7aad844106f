package import Commands
package import EventStore
package import Runtime

/// What the command service needs of the event store: `Appender`, or a double of it in tests.
package protocol CommandAppending: Sendable {
  var resolver: any SeriesResolver { get }
  var state: AppenderState { get }
  var load: AppenderLoad { get }

  /// See `Appender.submit`.
  func submit(
    _ command: Command, queue: (any WorkQueue)?,
    completion: @escaping @Sendable (Result<AppendOutcome, AppendError>) -> Void)
}

extension Appender: CommandAppending {
  package var resolver: any SeriesResolver { series }
}
