package import Commands
package import EventStore

/// What the command service needs of the event store: `Appender`, or a double of it in tests.
package protocol SampleAppending: Sendable {
  var resolver: any SeriesResolver { get }
  var state: AppenderState { get }

  /// See `Appender.submit`.
  func submit(
    _ command: RecordCommand, completion: @escaping @Sendable (Result<AppendOutcome, AppendError>) -> Void)
}

extension Appender: SampleAppending {
  package var resolver: any SeriesResolver { series }
}
