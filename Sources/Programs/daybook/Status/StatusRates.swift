/// What happened per second between two looks. Nil where one of them did not see it.
struct StatusRates {
  /// Committed.
  let samples: Double?
  /// Of the command service, probes left out.
  let requests: Double?
  let queries: Double?
  /// Events on the topic.
  let relayed: Double?
  /// Samples in the rows of the timeline.
  let projected: Double?

  /// Nil where no time has passed.
  init?(from: StatusLook, to: StatusLook) {
    let seconds = Double(to.monotonic &- from.monotonic) / 1e9
    guard seconds > 0 else { return nil }
    func rate(_ value: (StatusCounters) -> Double?) -> Double? {
      guard let first = value(from.counters), let last = value(to.counters) else { return nil }
      // A service that was started anew counts from nothing again.
      return max(0, last >= first ? last - first : last) / seconds
    }
    samples = rate(\.samples)
    requests = rate(\.requests)
    queries = rate(\.queries)
    relayed = rate(\.relayed)
    projected = rate(\.projected)
  }
}
