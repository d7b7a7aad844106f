import HTTPServer
import Postgres
import Probes
import QueryAPI
import Runtime

enum QueryProgram: Subcommand {
  static let name = "query"
  static let summary = "Answer questions over HTTP, read-only."
  static let discussion = """
      Answers GET /v1/timeline, /v1/metrics, /v1/series, /v1/samples, /v1/latest and /v1/status from the read models, as the
      role daybook_query. Each answer comes from one snapshot and says up to which position it holds.
    """
  static let options =
    Databases.options + [SharedOptions.queryListen] + AccessSettings.options + SharedOptions.logging

  static func run(_ options: ProgramOptions) throws -> Int32 {
    HeapMemory.keepFreed()
    let termination = TerminationSignal()
    let process = ProcessIdentity(program: name, version: Daybook.version)
    let logger = try SharedOptions.logger(options, program: name)
    let accessSettings = try AccessSettings(options)
    let listen = try accessSettings.listenAddress(SharedOptions.queryListen, options)
    let databases = Databases(options)
    let registry = MetricsRegistry()
    ProcessMetrics.register(registry, process)
    let access = try ServiceAccess(accessSettings, logger: logger, metrics: registry)
    defer { access.stop() }
    let service = QueryService(
      readStore: try databases.readStore(role: "daybook_query"),
      eventStore: try databases.eventStore(role: "daybook_feed"), logger: logger, metrics: registry,
      identity: process)
    var settings = QueryService.serverSettings(host: listen.host, port: listen.port)
    access.apply(to: &settings, policy: service.access)
    let server = try HTTPServer(settings, logger: logger, metrics: registry) { service.handle($0) }
    access.logListening(ListenAddress(host: listen.host, port: server.port), logger)
    let signal = termination.wait() ?? ""
    logger.info("stopping", ["signal": signal])
    server.stop()
    service.stop()
    return ExitCode.success
  }
}
