/// What one query, and all of them together, may cost. Every refusal names the limit that it met.
package struct QueryLimits: Sendable {
  /// Series that one query, or one page, may read.
  package var seriesLimit = 10_000
  /// Metrics in one page.
  package var metricsPerPageLimit = 10_000
  /// Points of one line: buckets between `from` and `to`. As Prometheus', so that tools know it.
  package var pointsPerSeriesLimit = 11_000
  /// Points of all lines together: 16 bytes and 8 for each further aggregate, in memory.
  package var pointsPerAnswerLimit = 2_000_000
  /// Bytes of one answer. With `workers` answers at once it bounds what answers take.
  package var answerBytesLimit = 64 << 20
  /// Samples in one answer or page of `/v1/samples`: about 30 bytes each in JSON and 16 in memory.
  package var samplesLimit = 1_000_000
  /// From the moment a worker may begin until the answer is complete.
  package var timeLimit: Duration = .seconds(10)
  /// Threads that answer, each with a connection of its own.
  package var workers = 6
  /// Requests that may stand in line for a worker; at 1 ms each, a quarter of a second.
  package var queueLimit = 256
  /// Requests that may wait for a position.
  package var waitingLimit = 1_000
  /// `wait` where `after` is given without it.
  package var defaultWait: Duration = .seconds(2)
  /// The longest `wait`.
  package var longestWait: Duration = .seconds(30)
  /// How often progress is looked at while somebody waits and no notification comes.
  package var pollInterval: Duration = .milliseconds(25)
  /// Rows of the main part fetched at once: at most about 40 kB each, so 40 MB.
  package var rowsPerFetch = 1_024
  /// Series whose labels are kept in memory, about 700 bytes each with ten labels.
  package var cachedSeriesLimit = 20_000

  package init() {}
}
