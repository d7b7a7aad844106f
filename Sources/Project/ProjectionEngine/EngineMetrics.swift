import Runtime

/// What the engine counts and times.
struct EngineMetrics: Sendable {
  /// By projection.
  let events: LabelledInstruments<String, Counter>
  let samples: LabelledInstruments<String, Counter>
  let batchEvents: Histogram
  let flushSeconds: Histogram
  /// By projection.
  let foldSeconds: LabelledInstruments<String, Histogram>
  let foldedSamples: LabelledInstruments<String, Counter>
  let sessions: Counter
  let failures: Counter
  let heals: Counter

  init(_ registry: MetricsRegistry) {
    events = Self.counters(registry, "daybook_projector_events_total", "Events in the rows, once per build.")
    samples = Self.counters(registry, "daybook_projector_samples_total", "Samples in the rows, once per build.")
    batchEvents = registry.histogram(
      "daybook_projector_batch_events", "Events per batch, each of which is one flush.",
      bounds: [1, 4, 16, 64, 256, 1_024, 4_096])
    flushSeconds = registry.histogram(
      "daybook_projector_flush_duration_seconds", "From a batch to its committed rows and progress.")
    let foldName = "daybook_projector_fold_duration_seconds"
    let foldHelp = "One slice of a fold, commit included."
    registry.declare(.histogram, foldName, foldHelp)
    foldSeconds = LabelledInstruments { registry.histogram(foldName, foldHelp, ["projection": $0]) }
    foldedSamples = Self.counters(
      registry, "daybook_projector_folded_samples_total", "Samples moved from the tail to their final rows.")
    sessions = registry.counter(
      "daybook_projector_sessions_total", "Times the engine has taken its shards afresh, the first included.")
    failures = registry.counter(
      "daybook_projector_failures_total", "Errors that ended a session: Postgres away, a shard lost, a build given up.")
    heals = registry.counter(
      "daybook_projector_heals_total", "Times events were missing in the feed and read again from the store.")
  }

  private static func counters(
    _ registry: MetricsRegistry, _ name: String, _ help: String
  ) -> LabelledInstruments<String, Counter> {
    registry.declare(.counter, name, help)
    return LabelledInstruments { registry.counter(name, help, ["projection": $0]) }
  }
}
