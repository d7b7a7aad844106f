/// One request for the workers: how to answer it, and what to do when that cannot be.
struct QueryJob: Sendable {
  enum Work: Sendable {
    /// From a snapshot of the read models; may be run again when it throws.
    case snapshot(@Sendable (ReadSnapshot) throws(ReadFailure) -> Void)
    /// From the list of all builds, active or not.
    case builds(@Sendable ([Build]) -> Void)
  }

  /// The series that it will ask for first, where that is known: only to read sooner.
  var selector: SeriesSelector?
  /// What the answer must have read.
  var after: AfterCondition?
  /// Until when it may wait for that, on the monotonic clock.
  var waitDeadline: UInt64 = 0
  /// Reads, and answers the client once it has everything.
  let work: Work
  /// Tells the client. Of `work` succeeding and `fail`, exactly one happens, once.
  let fail: @Sendable (QueryError) -> Void
}
