import HTTPServer
import Postgres
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
    Databases.options + [SharedOptions.queryListen, SharedOptions.allowAnonymous] + SharedOptions.logging

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let termination = TerminationSignal()
    let logger = try SharedOptions.logger(options, program: name)
    let listen = try SharedOptions.listenAddress(SharedOptions.queryListen, options)
    let databases = Databases(options)
    let registry = MetricsRegistry()
    let service = QueryService(
      readStore: try databases.readStore(role: "daybook_query"),
      eventStore: try databases.eventStore(role: "daybook_feed"), logger: logger, metrics: registry)
    let settings = QueryService.serverSettings(host: listen.host, port: listen.port)
    let server = try HTTPServer(settings, logger: logger, metrics: registry) { service.handle($0) }
    logger.info("listening", ["address": "\(ListenAddress(host: listen.host, port: server.port))"])
    let signal = termination.wait() ?? ""
    logger.info("stopping", ["signal": signal])
    server.stop()
    service.stop()
    return ExitCode.success
  }
}
