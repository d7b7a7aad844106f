import Runtime

/// What an appender counts.
struct AppenderMetrics: Sendable {
  let events: Counter
  let samples: Counter
  let series: Counter
  let bytes: Counter
  let groupCommands: Histogram
  let groupSeconds: Histogram
  let commitSeconds: Histogram
  /// Groups sent while another was under way.
  let launchedBehind: Counter
  let contended: Counter
  let retries: Counter
  let keyReplays: Counter
  let overloaded: Counter
  let unavailable: Counter
  let rejected: Counter
  let lostCommits: Counter

  init(_ registry: MetricsRegistry) {
    events = registry.counter("daybook_append_events_total", "Events committed.")
    samples = registry.counter("daybook_append_samples_total", "Samples committed.")
    series = registry.counter("daybook_append_series_total", "New series committed.")
    bytes = registry.counter("daybook_append_payload_bytes_total", "Bytes of committed payloads, as stored.")
    groupCommands = registry.histogram(
      "daybook_append_group_commands", "Commands per committed transaction.",
      bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024])
    groupSeconds = registry.histogram(
      "daybook_append_group_duration_seconds", "From taking a group to its commit, locks and new series included.")
    commitSeconds = registry.histogram(
      "daybook_append_commit_duration_seconds",
      "The last round trip of a group: its events written, and the commit on disk.")
    launchedBehind = registry.counter(
      "daybook_append_launched_behind_total", "Groups sent to the event store while the one before was under way.")
    contended = registry.counter(
      "daybook_append_contended_total", "Appends done again because another service had moved the heads.")
    retries = registry.counter(
      "daybook_append_retries_total", "Groups tried again after an error that was not theirs.")
    keyReplays = registry.counter(
      "daybook_append_replays_total", "Commands answered with the stored answer of their idempotency key.")
    let refused = "daybook_append_refused_commands_total"
    let help = "Commands not stored: too much was waiting, the store could not be written, or it refused the data."
    overloaded = registry.counter(refused, help, ["reason": "overloaded"])
    unavailable = registry.counter(refused, help, ["reason": "unavailable"])
    rejected = registry.counter(refused, help, ["reason": "rejected"])
    lostCommits = registry.counter(
      "daybook_append_lost_commits_total", "Transactions whose outcome had to be looked up after a lost connection.")
  }

  /// What is read at each scrape.
  static func watch(_ queue: CommandQueue, _ limits: AppenderLimits, _ cache: SeriesCache, _ registry: MetricsRegistry)
  {
    registry.gauge("daybook_append_up", "1 while the event store can be written.") {
      queue.availability.isReady ? 1 : 0
    }
    registry.gauge("daybook_append_waiting_commands", "Commands submitted and not done with.") {
      Double(queue.load.commands)
    }
    registry.gauge("daybook_append_waiting_commands_limit", "Commands that may wait; more are answered with 503.") {
      Double(limits.commandsLimit)
    }
    registry.gauge("daybook_append_waiting_bytes", "Bytes of commands submitted and not done with.") {
      Double(queue.load.bytes)
    }
    registry.gauge("daybook_append_waiting_limit_bytes", "Bytes that may wait; more are answered with 503.") {
      Double(limits.bytesLimit)
    }
    registry.gauge("daybook_series_cache_series", "Series whose numbers are in memory.") { Double(cache.count) }
    registry.gauge("daybook_series_cache_series_limit", "Series whose numbers may be in memory.") {
      Double(SeriesCache.entriesLimit)
    }
  }
}
