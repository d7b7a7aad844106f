import Catalogue
import Commands
package import Events
import EventStore
package import Postgres
import ProjectionEngine
package import Runtime
import Synchronization
package import TestSupport
import Timeline

/// A database of a test's own with everything that is between a command and its rows: an appender, and a projector that
/// can be stopped and started.
package final class TestStore: Sendable {
  package let database: TestDatabase
  package let identity: StoreIdentity
  private let appender: Appender
  private let projector = Mutex<(engine: ProjectionEngine, thread: OwnedThread)?>(nil)

  package init(shards: Int = 8) throws {
    database = try TestDatabase.make(shards: shards)
    identity = try StoreIdentity.read(at: database.address("daybook_writer"))
    appender = Appender(
      database.address("daybook_writer"), identity: identity, logger: Self.logger, registry: MetricsRegistry())
  }

  /// Ends its threads; to be called last.
  package func stop() {
    stopProjector()
    appender.stop()
  }

  package static let logger = Logger(program: "tests", level: .error)

  package var readStore: PostgresAddress { database.address("daybook_query") }
  package var eventStore: PostgresAddress { database.address("daybook_feed") }

  /// Records the samples as one command and waits until they are on disk.
  package func record(_ samples: [TestSample], mode: SampleMode = .replace) throws -> PositionToken {
    try submit(
      .record(
        RecordCommand(mode: mode, metadata: Self.metadata, batch: try batch(samples)) { _ in StoredAnswer(status: 204) }
      ))
  }

  /// Says what a metric is and waits until that is on disk.
  package func describe(
    _ name: String, unit: AttributeChange<String> = .kept, description: AttributeChange<String> = .kept,
    kind: AttributeChange<MetricKind> = .kept
  ) throws -> PositionToken {
    let content = try MetricDescribed(
      metric: SeriesKey(name: name), unit: unit, description: description, kind: kind)
    return try submit(
      .describe(DescribeCommand(metadata: Self.metadata, content: content) { _ in StoredAnswer(status: 204) }))
  }

  private static let metadata = EventMetadata(actor: "tests", protocol: "tests", bodyBytes: 0)

  private func submit(_ command: Command) throws -> PositionToken {
    let outcome = Monitor<Result<AppendOutcome, AppendError>?>(nil)
    appender.submit(command) { result in
      outcome.withLock { $0 = result }
      outcome.broadcast()
    }
    guard let result = outcome.wait(until: MonotonicClock.deadline(after: .seconds(30)), { $0 }),
      case .recorded(let receipt, _) = try result.get()
    else { throw NotRecorded() }
    return receipt.token
  }

  package struct NotRecorded: Error {}

  private func batch(_ samples: [TestSample]) throws -> SampleBatch {
    var batch = SampleBatch(shards: identity.shards)
    var series = BatchSeries(resolver: appender.series)
    for sample in samples {
      let key = try sample.series.key()
      let (shard, reference) = series.reference(key.fingerprint) { key }
      batch.shards[shard].append(series: reference, time: sample.time, value: sample.value)
    }
    batch.newSeries = series.newSeries
    return batch
  }

  /// Starts a projector.
  /// - Parameter quietTime: how long nothing must come before it folds. An hour: never in a test.
  package func startProjector(quietTime: Duration) {
    stopProjector()
    var settings = EngineSettings(
      eventStore: eventStore, readStore: database.address("daybook_projector"),
      projections: [TimelineProjection(), Catalogue()])
    settings.quietTime = quietTime
    let engine = ProjectionEngine(settings: settings, logger: Self.logger, metrics: MetricsRegistry())
    projector.withLock { $0 = (engine, OwnedThread("projector") { engine.run() }) }
  }

  package func stopProjector() {
    let running = projector.withLock { projector in
      defer { projector = nil }
      return projector
    }
    running?.engine.stop()
    running?.thread.join()
  }

  /// Waits until nothing in the tail is unfolded.
  package func waitForFold() throws {
    let connection = try database.connect()
    try waitUntil("the fold") { try Self.unfoldedRows(connection) == 0 }
  }

  /// Rows of the tail that are not folded.
  package func unfoldedRows() throws -> Int64 { try Self.unfoldedRows(try database.connect()) }

  private static func unfoldedRows(_ connection: PostgresConnection) throws -> Int64 {
    let schema = try connection.query(
      sql: "SELECT schema FROM daybook_read.builds WHERE active AND projection = 'timeline'")
    guard schema.rowCount == 1 else { return -1 }
    let name = try schema.text(0, 0)
    let rows = try connection.query(
      sql: """
        SELECT count(*) FROM \(name).tail t LEFT JOIN \(name).folded f ON f.shard = t.shard AND f.page = t.page
        WHERE t.sequence > COALESCE(f.sequence, 0)
        """)
    return try rows.int64(0, 0)
  }
}
