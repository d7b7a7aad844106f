import EventRelay
import HTTPServer
import Postgres
import Probes
import Runtime

enum RelayProgram: Subcommand {
  static let name = "relay"
  static let summary = "Send committed events to Kafka, and on."
  static let discussion = """
      Reads committed events as the role daybook_feed and sends them to Kafka, in order per shard and at least once; how far
      it is stands in the event store, written as daybook_relay. Makes the topic where it is missing, with as many
      partitions as the store has shards, to be kept for ever. Several relays may run: each shard is sent by one, the
      others stand by and take over when it ends. Answers GET /livez, /readyz and /metrics.

      --republish sends history again, into a topic that was made anew, say: it sets the cursor back, sends (a relay that
      runs does it, if there is one), shows how far it is and ends when all that was in the store at its start is on the
      topic. Readers of the topic see events again that they have: docs/EVENTS.md says how they tell.
    """
  static let republish = ProgramOption("--republish", nil, "Send events again that were sent already, then end.")
  static let shard = ProgramOption("--shard", "N", "With --republish: this shard only.")
  static let from = ProgramOption(
    "--from", "POSITION", default: "1", "With --republish: the first event to send again, in each shard.")
  private static let replication = ProgramOption(
    "--kafka-replication", "N", environment: "DAYBOOK_KAFKA_REPLICATION",
    "Copies of each partition, of a topic that it makes. Empty: the brokers' default.")
  private static let minInSync = ProgramOption(
    "--kafka-min-insync", "N", environment: "DAYBOOK_KAFKA_MIN_INSYNC",
    "Copies that must have an event before it counts as sent, of a topic that it makes. Empty: the brokers' default.")

  /// What `daybook up` hands on, too.
  static let topicOptions = [replication, minInSync]
  static let options =
    Databases.options + KafkaOptions.options + topicOptions + [republish, shard, from, SharedOptions.relayListen]
    + AccessSettings.options + SharedOptions.logging
  static let examples = [
    ("daybook relay --kafka 127.0.0.1:9092", "send all that comes, until Ctrl-C"),
    ("daybook relay --kafka 127.0.0.1:9092 --republish", "send all of history again"),
    ("daybook relay --kafka 127.0.0.1:9092 --republish --shard 3 --from 1000", "a part of one shard"),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    HeapMemory.keepFreed()
    let termination = TerminationSignal()
    let identity = ProcessIdentity(program: name, version: Daybook.version)
    let logger = try SharedOptions.logger(options, program: name)
    guard let kafka = try KafkaOptions(options) else {
      throw UsageError("--kafka is missing: say where the brokers are, as in --kafka 127.0.0.1:9092")
    }
    let topic = RelayTopic(
      kafka.topic, replication: try number(replication, options, in: 1...32),
      minInSync: try number(minInSync, options, in: 1...32))
    let republishing = options.isSet(republish.flag) ? try RelayRepublish(options) : nil
    for option in [shard, from] where republishing == nil && options.isGiven(option.flag) {
      throw UsageError("\(option.flag) goes with --republish only")
    }
    let databases = Databases(options)
    let settings = RelaySettings(
      eventStore: try databases.eventStore(role: "daybook_feed"),
      cursors: try databases.eventStore(role: "daybook_relay"), kafka: kafka.settings,
      topic: topic)
    if let republishing { return try republishing.run(settings, logger, termination) }
    let accessSettings = try AccessSettings(options)
    let listen = try accessSettings.listenAddress(SharedOptions.relayListen, options)
    let registry = MetricsRegistry()
    ProcessMetrics.register(registry, identity)
    let access = try ServiceAccess(accessSettings, logger: logger, metrics: registry)
    defer { access.stop() }
    let relay = EventRelay(settings: settings, logger: logger, metrics: registry)
    let probes = ProbeService(registry: registry) {
      RelayHealth.problem(relay.status(), at: MonotonicClock.now)
    } report: {
      HealthReport(identity, RelayHealth.checks(relay.status(), at: WallClock.now))
    }
    var serverSettings = ProbeService.serverSettings(host: listen.host, port: listen.port)
    access.apply(to: &serverSettings, policy: ProbeAccess())
    let server = try HTTPServer(serverSettings, logger: logger, metrics: registry) { probes.handle($0) }
    access.logListening(ListenAddress(host: listen.host, port: server.port), logger)
    let running = OwnedThread("relay") { relay.run() }
    let signal = termination.wait() ?? ""
    logger.info("stopping", ["signal": signal])
    relay.stop()
    running.join()
    server.stop()
    return ExitCode.success
  }

  private static func number(
    _ option: ProgramOption, _ options: ProgramOptions, in range: ClosedRange<Int>
  ) throws(UsageError) -> Int? {
    guard let text = options[option.flag], !text.isEmpty else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw UsageError("\(option.flag) must be a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
    }
    return value
  }
}
