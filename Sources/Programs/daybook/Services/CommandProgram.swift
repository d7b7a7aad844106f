import CommandAPI
import Events
import EventStore
import HTTPServer
import Postgres
import Probes
import Runtime
import Synchronization

enum CommandProgram: Subcommand {
  static let name = "command"
  static let summary = "Take samples over HTTP and append them to the event store."
  static let discussion = """
      Answers POST /v1/samples (JSON) and POST /write, /api/v2/write (line protocol) once the samples are on disk. Connects
      as the role daybook_writer. While Postgres is away it answers 503, and goes on by itself when it is back. When a
      backup of the store was restored meanwhile it ends with 1: start it again, as 'daybook up' does.
    """
  static let options =
    Databases.options + [SharedOptions.commandListen] + AccessSettings.options + SharedOptions.logging

  static func run(_ options: ProgramOptions) throws -> Int32 {
    HeapMemory.keepFreed()
    let termination = TerminationSignal()
    let process = ProcessIdentity(program: name, version: Daybook.version)
    let logger = try SharedOptions.logger(options, program: name)
    let accessSettings = try AccessSettings(options)
    let listen = try accessSettings.listenAddress(SharedOptions.commandListen, options)
    let registry = MetricsRegistry()
    let access = try ServiceAccess(accessSettings, logger: logger, metrics: registry)
    defer { access.stop() }
    let address = try Databases(options).eventStore(role: "daybook_writer")
    guard let identity = try StoreStart.identity(address, termination: termination, logger: logger) else {
      return ExitCode.success
    }
    ProcessMetrics.register(registry, process)
    let restored = Mutex<String?>(nil)
    let appender = Appender(address, identity: identity, logger: logger, registry: registry) { reason in
      restored.withLock { $0 = reason }
      termination.request()
    }
    let service = CommandService(
      appender: appender, settings: CommandSettings(identity: process), logger: logger, registry: registry)
    var settings = HTTPServerSettings(host: listen.host, port: listen.port)
    service.apply(to: &settings)
    access.apply(to: &settings, policy: service.access)
    let server = try HTTPServer(settings, logger: logger, metrics: registry) { service.handle($0) }
    access.logListening(ListenAddress(host: listen.host, port: server.port), logger)
    let signal = termination.wait() ?? ""
    let reason = restored.withLock { $0 }
    if let reason {
      logger.error("ending, to start anew with the store as it is now", ["reason": reason])
    } else {
      logger.info("stopping", ["signal": signal])
    }
    server.stop()
    appender.stop()
    return reason == nil ? ExitCode.success : ExitCode.failure
  }
}
