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
  /// What a query may cost that is answered on the thread that brings it, as `ReadSnapshot.charge` counts: 16 hours of
  /// samples or 1,024 rows, which take less than a millisecond with their text.
  package var costAtOnceLimit = 1_024
  /// Series whose labels are kept in memory, about 700 bytes each with ten labels.
  package var cachedSeriesLimit = 20_000
  /// What is kept in memory of the catalogue: about 60 bytes a series with ten labels, and 150 for each different value.
  package var cachedCatalogueBytesLimit = 32 << 20
  /// Samples of the tail that are kept unpacked, 17 bytes each: 30 seconds of 100,000 a second and some more.
  package var cachedTailSamplesLimit = 4_000_000
  /// Bytes of rows of the main part that are kept: about 900 for an hour of 360 samples.
  package var cachedRowsBytesLimit = 64 << 20

  package init() {}
}
