/// One value of a family whose labels are known only when it is asked: per build, per shard.
package struct MetricSample: Sendable {
  package let labels: MetricsRegistry.Labels
  package let value: Double

  package init(_ labels: MetricsRegistry.Labels, _ value: Double) {
    self.labels = labels
    self.value = value
  }
}
