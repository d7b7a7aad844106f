import Catalogue
import HTTPServer
import Postgres
import Probes
import ProjectionEngine
import ProjectionKit
import Runtime
import Timeline

enum ProjectorProgram: Subcommand {
  static let name = "projector"
  static let summary = "Fold events into the read models."
  static let discussion = """
      Reads committed events as the role daybook_feed and writes rows and progress as daybook_projector, both in one
      transaction. Several may run: each shard is projected by one, the others stand by and take over when it ends. With
      --kafka events come from there, and the projectors of a read store are a consumer group that shares the shards.
      Answers GET /livez, /readyz and /metrics for those who watch it.
    """
  static let options =
    Databases.options + KafkaOptions.options + [ProjectorGroup.group, SharedOptions.projectorListen]
    + AccessSettings.options + SharedOptions.logging

  static func run(_ options: ProgramOptions) throws -> Int32 {
    HeapMemory.keepFreed()
    let termination = TerminationSignal()
    let identity = ProcessIdentity(program: name, version: Daybook.version)
    let logger = try SharedOptions.logger(options, program: name)
    let accessSettings = try AccessSettings(options)
    let listen = try accessSettings.listenAddress(SharedOptions.projectorListen, options)
    let databases = Databases(options)
    let kafka = try KafkaOptions(options)
    var settings = EngineSettings(
      eventStore: try databases.eventStore(role: "daybook_feed"),
      readStore: try databases.readStore(role: "daybook_projector"),
      projections: [TimelineProjection(), Catalogue()])
    let registry = MetricsRegistry()
    ProcessMetrics.register(registry, identity)
    let access = try ServiceAccess(accessSettings, logger: logger, metrics: registry)
    defer { access.stop() }
    let groupName = options[ProjectorGroup.group.flag].flatMap { $0.isEmpty ? nil : $0 }
    let group = kafka.map {
      ProjectorGroup($0, group: groupName, engine: &settings, logger: logger, metrics: registry)
    }
    let engine = ProjectionEngine(settings: settings, logger: logger, metrics: registry)
    let probes = ProbeService(registry: registry) {
      EngineHealth.problem(engine.status())
    } report: {
      HealthReport(identity, EngineHealth.checks(engine.status()))
    }
    var serverSettings = ProbeService.serverSettings(host: listen.host, port: listen.port)
    access.apply(to: &serverSettings, policy: ProbeAccess())
    let server = try HTTPServer(serverSettings, logger: logger, metrics: registry) { probes.handle($0) }
    access.logListening(ListenAddress(host: listen.host, port: server.port), logger)
    let running = OwnedThread("projector") { engine.run() }
    let signal = termination.wait() ?? ""
    logger.info("stopping", ["signal": signal])
    engine.stop()
    running.join()
    group?.stop()
    server.stop()
    return ExitCode.success
  }
}
