/// Bounds of an appender. What is beyond them is answered at once with `AppendError.overloaded`.
package struct AppenderLimits: Sendable {
  /// Commands submitted and not yet done with.
  package var commandsLimit = 16_384
  /// Their bytes in memory: packed payloads, and columns that wait for the numbers of new series.
  package var bytesLimit = 256 * 1024 * 1024

  /// Commands of one transaction. More would only make all of them wait longer: with 1,024 the cost of a commit is spread
  /// thin enough.
  package var groupCommandsLimit = 1_024
  /// Bytes of one transaction: a second of disk at 16 MiB/s, and what libpq and the server each hold once more.
  package var groupBytesLimit = 16 * 1024 * 1024

  /// How long a command waits for an event store that is away before it is told so.
  package var patience: Duration = .seconds(5)
  /// How long a command waits in any case: longer than another service can hold a lock (see `PostgresTimeouts`).
  package var answerLimit: Duration = .seconds(20)
  /// What clients are told to wait after `overloaded` and `unavailable`.
  package var retryAfter: Duration = .seconds(1)

  /// How long an idempotency key and its answer are kept.
  package var keyLifetime: Duration = .seconds(24 * 3600)
  /// Rows kept in `rejected`.
  package var rejectedLimit: Int64 = 100_000

  package init() {}
}
