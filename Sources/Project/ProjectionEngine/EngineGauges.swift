import ProjectionKit
import Runtime

/// What the engine holds at the moment of a scrape, from its status.
enum EngineGauges {
  static func register(_ registry: MetricsRegistry, status: @escaping @Sendable () -> EngineStatus) {
    registry.gauge("daybook_projector_running", "1 while it projects or stands by, 0 while it cannot: see /readyz.") {
      status().state == .running ? 1 : 0
    }
    registry.gauge("daybook_projector_feed_up", "1 while events can be read.") {
      status().feedUnavailable == nil ? 1 : 0
    }
    registry.gauge("daybook_projector_stopped_shards", "Shards that cannot be read on, see /readyz.") {
      Double(status().stoppedShards.count)
    }
    registry.gauge(
      "daybook_projector_silence_seconds", "Since the engine's thread last showed that it lives, events or not."
    ) { status().silence.seconds }
    registry.gauge("daybook_projector_lag_seconds", "Age of the oldest event that is not in the rows; 0: none is.") {
      status().lagSeconds
    }
    perBuild(registry, "daybook_projector_lag_events", "Events that are in the store and not in the rows.", status) {
      Double($0.lag)
    }
    perBuild(registry, "daybook_projector_held_shards", "Shards that this projector holds.", status) {
      Double($0.shards.count)
    }
    perBuild(registry, "daybook_projector_build_stopped", "1: given up or of another version, see /readyz.", status) {
      $0.stopped == nil ? 0 : 1
    }
    registry.gauges("daybook_projector_shard_position", "Last event in the rows, of the shards held.") {
      perShard(status()) { Double($0.position) }
    }
    registry.gauges("daybook_projector_shard_lag_events", "Events not in the rows, of the shards held.") {
      perShard(status()) { Double($0.lag) }
    }
    tail(registry, status)
  }

  private static func tail(_ registry: MetricsRegistry, _ status: @escaping @Sendable () -> EngineStatus) {
    perBuild(registry, "daybook_projector_tail_samples", "Samples flushed and not folded.", status) {
      $0.load.map { Double($0.samples) }
    }
    perBuild(registry, "daybook_projector_tail_samples_limit", "Samples at which folding comes first.", status) {
      $0.load.map { Double($0.samplesLimit) }
    }
    perBuild(registry, "daybook_projector_tail_bytes", "Memory of what is flushed and not folded.", status) {
      $0.load.map { Double($0.bytes) }
    }
    perBuild(registry, "daybook_projector_tail_limit_bytes", "Memory at which folding comes first.", status) {
      $0.load.map { Double($0.bytesLimit) }
    }
    perBuild(registry, "daybook_projector_tail_age_seconds", "Since the oldest that is not folded came.", status) {
      $0.load.map { load in load.since.map { Double(MonotonicClock.now &- $0) / 1e9 } ?? 0 }
    }
  }

  private static func perBuild(
    _ registry: MetricsRegistry, _ name: String, _ help: String, _ status: @escaping @Sendable () -> EngineStatus,
    _ value: @escaping @Sendable (EngineStatus.Build) -> Double?
  ) {
    registry.gauges(name, help) {
      status().builds.compactMap { build in
        value(build).map { MetricSample(["projection": build.projection, "build": build.schema], $0) }
      }
    }
  }

  private static func perShard(_ status: EngineStatus, _ value: (EngineStatus.Shard) -> Double) -> [MetricSample] {
    status.builds.flatMap { build in
      build.shards.map {
        MetricSample(["projection": build.projection, "build": build.schema, "shard": "\($0.shard)"], value($0))
      }
    }
  }
}
