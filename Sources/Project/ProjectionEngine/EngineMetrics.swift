import Runtime

/// The engine's instruments.
struct EngineMetrics: Sendable {
  let events: Counter
  let samples: Counter
  let flushSeconds: Histogram
  let foldSeconds: Histogram
  let restarts: Counter

  init(_ registry: MetricsRegistry) {
    events = registry.counter("daybook_projector_events_total", "Events applied, once per build.")
    samples = registry.counter("daybook_projector_samples_total", "Samples applied, once per build.")
    flushSeconds = registry.histogram(
      "daybook_projector_flush_seconds", "From an applied batch to its committed rows and progress.")
    foldSeconds = registry.histogram("daybook_projector_fold_seconds", "One slice of a fold, commit included.")
    restarts = registry.counter(
      "daybook_projector_sessions_total", "Times the engine has taken its shards afresh, the first included.")
  }
}
