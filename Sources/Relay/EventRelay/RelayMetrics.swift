import EventFeed
import Runtime

/// What a relay counts and times.
struct RelayMetrics: Sendable {
  let events: Counter
  let samples: Counter
  let batchEvents: Histogram
  let publishSeconds: Histogram
  let failures: Counter
  let links: Counter

  init(_ registry: MetricsRegistry, status: @escaping @Sendable () -> RelayStatus) {
    events = registry.counter("daybook_relay_events_total", "Events acknowledged by the brokers.")
    samples = registry.counter("daybook_relay_samples_total", "Samples in them.")
    batchEvents = registry.histogram(
      "daybook_relay_batch_events", "Events per batch.", bounds: [1, 4, 16, 64, 256, 1_024, 4_096])
    publishSeconds = registry.histogram(
      "daybook_relay_publish_duration_seconds", "From the last event of a batch handed over to all of it acknowledged.")
    failures = registry.counter(
      "daybook_relay_failures_total", "Errors after which it began anew behind its cursors: brokers or Postgres away.")
    links = registry.counter("daybook_relay_producers_total", "Producers made, the first included.")
    registry.gauge("daybook_relay_running", "1 while it sends or stands by, 0 while it cannot: see /readyz.") {
      status().state == .running ? 1 : 0
    }
    registry.gauge("daybook_relay_kafka_up", "1 while events can be sent.") {
      status().kafkaUnavailable == nil ? 1 : 0
    }
    registry.gauge("daybook_relay_held_shards", "Shards that this relay sends.") { Double(status().held.count) }
    registry.gauge("daybook_relay_stopped_shards", "Shards that cannot be gone on with: see /readyz.") {
      Double(status().stoppedShards.count)
    }
    registry.gauges("daybook_relay_shard_position", "Last event that is on the topic, of the shards held.") {
      status().held.map { MetricSample(["shard": "\($0.shard)"], Double($0.position)) }
    }
    registry.gauges("daybook_relay_shard_lag_events", "Events that are not on the topic, of the shards held.") {
      status().lags.map { MetricSample(["shard": "\($0.shard)"], Double($0.events)) }
    }
    registry.gauge("daybook_relay_lag_seconds", "Age of the oldest event that is not on the topic; 0: none is.") {
      status().lagSeconds(at: WallClock.now)
    }
  }
}
