import EventTopic
import Runtime

/// What a member of the group counts.
struct GroupMetrics: Sendable {
  let messages: Counter
  let duplicates: Counter
  let heals: Counter
  let restarts: Counter
  let rebalances: Counter
  /// By why.
  let skipped: LabelledInstruments<ForeignMessage, Counter>

  init(_ registry: MetricsRegistry) {
    messages = registry.counter("daybook_kafka_messages_total", "Messages read from the topic, of any kind.")
    duplicates = registry.counter(
      "daybook_kafka_duplicates_total", "Events read that were known already: sent twice, or before the place to go on."
    )
    heals = registry.counter(
      "daybook_kafka_heals_total", "Times events were missing or damaged on the topic and read from the event store.")
    restarts = registry.counter(
      "daybook_kafka_restarts_total", "Times a partition was read from its beginning, since the known place was gone.")
    rebalances = registry.counter("daybook_kafka_rebalances_total", "Times the group gave out the shards anew.")
    let name = "daybook_kafka_skipped_total"
    let help = "Messages that are no events of Daybook's, by why."
    registry.declare(.counter, name, help)
    skipped = LabelledInstruments { registry.counter(name, help, ["reason": $0.rawValue]) }
  }

  /// - Parameter read: bytes that wait to be fetched, and shards held.
  func register(_ registry: MetricsRegistry, _ read: @escaping @Sendable () -> (bytes: Int, shards: Int)) {
    registry.gauge("daybook_kafka_buffer_bytes", "Events read that wait to be projected.") { Double(read().bytes) }
    registry.gauge("daybook_kafka_assigned_shards", "Shards that the group gave to this projector.") {
      Double(read().shards)
    }
  }
}
