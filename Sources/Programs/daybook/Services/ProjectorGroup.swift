import EventFeed
import KafkaFeed
import ProjectionEngine
import ReadStore
import Runtime

/// A projector's place in the consumer group, where events come over Kafka.
final class ProjectorGroup {
  static let group = ProgramOption(
    "--kafka-group", "NAME", environment: "DAYBOOK_KAFKA_GROUP",
    "The consumer group of the projectors of one read store. Empty: a name that the read store has for it.")

  private let member: GroupMember
  private let running: OwnedThread

  /// Joins the group, and has the engine read from Kafka.
  init(
    _ kafka: KafkaOptions, group: String?, engine settings: inout EngineSettings, logger: Logger,
    metrics: MetricsRegistry
  ) {
    let (eventStore, readStore) = (settings.eventStore, settings.readStore)
    let groupSettings = GroupSettings(
      kafka: kafka.settings, topic: kafka.topic, group: { try group ?? ReadStoreIdentity.group(readStore) },
      openStore: { () throws(FeedError) in try StoreFeed(eventStore, application: "daybook projector feed") })
    let member = GroupMember(groupSettings, logger: logger, metrics: metrics)
    settings.openFeed = { () throws(FeedError) in try KafkaFeed(member) }
    settings.openClaims = { changed in GroupClaims(member, changed: changed) }
    self.member = member
    running = OwnedThread("kafka group") { member.run() }
  }

  /// Leaves the group, so that others take over at once. After the engine has ended.
  func stop() {
    member.stop()
    running.join()
  }
}
