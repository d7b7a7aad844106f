import Runtime

/// What an appender counts.
struct AppenderMetrics: Sendable {
  let events: Counter
  let samples: Counter
  let series: Counter
  let bytes: Counter
  let groups: Counter
  let groupCommands: Histogram
  let commitSeconds: Histogram
  let contended: Counter
  let keyReplays: Counter
  let overloaded: Counter
  let unavailable: Counter
  let rejected: Counter
  let lostCommits: Counter

  init(_ registry: MetricsRegistry) {
    events = registry.counter("daybook_appended_events_total", "Events committed.")
    samples = registry.counter("daybook_appended_samples_total", "Samples committed.")
    series = registry.counter("daybook_registered_series_total", "New series committed.")
    bytes = registry.counter("daybook_appended_bytes_total", "Bytes of committed payloads.")
    groups = registry.counter("daybook_append_groups_total", "Transactions committed.")
    groupCommands = registry.histogram(
      "daybook_append_group_commands", "Commands per committed transaction.",
      bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024])
    commitSeconds = registry.histogram(
      "daybook_append_seconds", "Time from taking a group to its commit.")
    contended = registry.counter(
      "daybook_append_contended_total", "Appends done again because another service had moved the heads.")
    keyReplays = registry.counter(
      "daybook_idempotent_replays_total", "Commands answered with the stored answer of their key.")
    overloaded = registry.counter("daybook_append_overloaded_total", "Commands refused because too much was waiting.")
    unavailable = registry.counter(
      "daybook_append_unavailable_total", "Commands refused because the event store could not be written.")
    rejected = registry.counter("daybook_append_rejected_total", "Commands whose data the database refused.")
    lostCommits = registry.counter(
      "daybook_append_lost_commits_total", "Transactions whose outcome had to be looked up after a lost connection.")
  }
}
