import Catalogue
import Postgres
import ProjectionEngine
import ProjectionKit
import Runtime
import Timeline

enum ProjectorProgram: Subcommand {
  static let name = "projector"
  static let summary = "Fold events into the read models."
  static let discussion = """
      Reads committed events as the role daybook_feed and writes rows and progress as daybook_projector, both in one
      transaction. Several may run: each shard is projected by one, the others stand by and take over when it ends.
    """
  static let options = Databases.options + SharedOptions.logging

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let termination = TerminationSignal()
    let logger = try SharedOptions.logger(options, program: name)
    let databases = Databases(options)
    let settings = EngineSettings(
      eventStore: try databases.eventStore(role: "daybook_feed"),
      readStore: try databases.readStore(role: "daybook_projector"),
      projections: [TimelineProjection(), Catalogue()])
    let engine = ProjectionEngine(settings: settings, logger: logger, metrics: MetricsRegistry())
    let running = OwnedThread("projector") { engine.run() }
    logger.info("projecting", ["projections": settings.projections.map { $0.name }.joined(separator: ",")])
    let signal = termination.wait() ?? ""
    logger.info("stopping", ["signal": signal])
    engine.stop()
    running.join()
    return ExitCode.success
  }
}
