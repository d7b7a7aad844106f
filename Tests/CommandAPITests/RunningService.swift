import CommandAPI
import Commands
import EventFeed
import EventStore
import Events
import HTTPServer
import Postgres
import Probes
import Runtime
import TestSupport
import WriteTestSupport

/// A command service with its HTTP server, and behind it a real event store or what a test puts in its place.
final class RunningService {
  let registry: MetricsRegistry
  private let server: HTTPServer
  private let stopAppender: () -> Void
  private let database: TestDatabase?

  /// On a database of its own.
  convenience init(_ change: (inout CommandSettings, inout HTTPServerSettings) -> Void = { _, _ in }) throws {
    let database = try TestDatabase.make()
    let registry = MetricsRegistry()
    let appender = Appender(
      database.address("daybook_writer"), identity: try StoreIdentity.read(at: database.address()),
      logger: Logger(program: "test", level: .error), registry: registry)
    try self.init(appender, registry: registry, database: database, stop: { appender.stop() }, change)
  }

  init(
    _ appender: any CommandAppending, registry: MetricsRegistry = MetricsRegistry(), database: TestDatabase? = nil,
    stop: @escaping () -> Void = {},
    _ change: (inout CommandSettings, inout HTTPServerSettings) -> Void = { _, _ in }
  ) throws {
    let logger = Logger(program: "test", level: .error)
    self.registry = registry
    var settings = CommandSettings(identity: ProcessIdentity(program: "command", version: "test"))
    var serverSettings = HTTPServerSettings(host: "127.0.0.1", port: 0)
    serverSettings.drainLimit = .milliseconds(200)
    change(&settings, &serverSettings)
    let service = CommandService(appender: appender, settings: settings, logger: logger, registry: registry)
    service.apply(to: &serverSettings)
    server = try HTTPServer(serverSettings, logger: logger, metrics: registry) { service.handle($0) }
    self.database = database
    stopAppender = stop
  }

  deinit {
    server.stop()
    stopAppender()
  }

  var port: UInt16 { server.port }

  func client() throws -> TestClient { try TestClient(port: server.port) }

  func post(_ path: String, _ body: String, _ headers: [String: String] = [:]) throws -> TestClient.Response {
    try post(path, Array(body.utf8), headers)
  }

  func post(_ path: String, _ body: [UInt8], _ headers: [String: String] = [:]) throws -> TestClient.Response {
    try client().request("POST", path, headers, body: body)
  }

  func get(_ path: String, method: String = "GET") throws -> TestClient.Response {
    try client().request(method, path)
  }

  func json(_ body: String, _ query: String = "", _ headers: [String: String] = [:]) throws -> TestClient.Response {
    try post("/v1/samples\(query)", body, ["Content-Type": "application/json"].merging(headers) { $1 })
  }

  /// All samples in the log, in `Parsed.sorted` order.
  func stored() throws -> [Parsed] { try events().samples }

  /// The modes of all events in the log.
  func modes() throws -> Set<SampleMode> { try events().modes }

  func query(_ sql: String) throws -> PostgresResult {
    guard let database else { preconditionFailure("BUG: this test has no database") }
    return try database.connect().query(sql: sql)
  }

  /// All descriptions in the log, in the order of each shard.
  func descriptions() throws -> [MetricDescribed] { try events().descriptions }

  private struct Content {
    var samples: [Parsed] = []
    var modes: Set<SampleMode> = []
    var descriptions: [MetricDescribed] = []
  }

  private func events() throws -> Content {
    var content = Content()
    guard let database else { return content }
    let feed = try StoreFeed(database.address("daybook_feed"), application: "tests")
    let marks = (0..<feed.identity.shards).map { FeedMark(shard: $0, position: 0, hash: EventHash.beforeFirst) }
    let decoder = EventDecoder(shards: feed.identity.shards)
    var keys: [Int64: SeriesKey] = [:]
    for record in try feed.fetch(after: marks, limits: FeedLimits()).records {
      switch try decoder.decode(record).content {
      case .seriesRegistered(let entries):
        for entry in entries { keys[entry.id.rawValue] = entry.key }
      case .metricDescribed(let described): content.descriptions.append(described)
      case .samplesRecorded(let mode, let columns):
        content.modes.insert(mode)
        for row in 0..<columns.count {
          let name = keys[columns.series[row]].map { Parsed.text($0) } ?? "unknown series"
          content.samples.append(Parsed(name, columns.times[row], columns.values[row]))
        }
      }
    }
    content.samples = Parsed.sorted(content.samples)
    return content
  }
}
