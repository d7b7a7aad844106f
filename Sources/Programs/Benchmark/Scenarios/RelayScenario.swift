import EventStore
import Events
import Postgres
import PostgresCluster
import Runtime

/// A backlog that is in the store before the relay starts, until the brokers have acknowledged all of it.
///
/// A first relay sends a little and ends before: brokers that are new take a second to give out the first producer's id.
package struct RelayScenario {
  package enum Shape {
    case batches(BenchLoad)
    /// Appended by clients in this process, without HTTP.
    case singles(events: Int)
  }

  private static let clients = 256

  private let shape: Shape
  private let kafka: BenchKafka
  private let progress: BenchProgress.Maker

  package init(_ shape: Shape, kafka: BenchKafka, progress: @escaping BenchProgress.Maker) {
    self.shape = shape
    self.kafka = kafka
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    let instance = try BenchInstance(without: [.relay, .projector, .query], kafka: kafka)
    defer { instance.stop() }
    let store = try PostgresCluster.find(home: instance.home)
    let writer = try PostgresCluster.find(home: instance.home, user: "daybook_writer")
    let appender = Appender(
      writer, identity: try StoreIdentity.read(at: writer), logger: Logger(program: "bench", level: .error),
      registry: MetricsRegistry())
    let group = AppendClients(appender, count: Self.clients)
    try group.register()
    try relayAll(instance, store)
    let warm = try RelayedEvents.count(store)
    let samples = try fill(instance, group)
    appender.stop()
    let events = try RelayedEvents.count(store) - warm

    let started = MonotonicClock.now
    let relay = try instance.start(.relay)
    let usage = UsageMeasurement([relay.processID].compactMap { $0 })
    do {
      try RelayedEvents.wait(store, kafka.topic)
    } catch {
      _ = usage.end()
      throw error
    }
    let seconds = Double(MonotonicClock.now - started) / 1e9
    var report = BenchReport(title)
    report.add("events", "events", Double(events), "")
    report.add("samples", "samples", Double(samples), "")
    report.add("events_per_second", "acknowledged by the brokers", Double(events) / seconds, "events/s")
    report.add("samples_per_second", "  in samples", Double(samples) / seconds, "samples/s")
    report.add("relayed_seconds", "start of the relay to all acknowledged", seconds, "s")
    usage.end(into: &report)
    return report
  }

  private func relayAll(_ instance: BenchInstance, _ store: PostgresAddress) throws {
    let relay = try instance.start(.relay)
    try RelayedEvents.wait(store, kafka.topic)
    relay.signal(15)
    guard relay.waitForEnd(.seconds(30)) != nil else { throw BenchError("the first relay did not stop") }
  }

  /// Returns the number of samples.
  private func fill(_ instance: BenchInstance, _ group: AppendClients) throws -> Int {
    switch shape {
    case .batches(let load):
      _ = try LoadRun.send(load, to: instance.system, progress)
      return load.samples
    case .singles(let events):
      return try group.run(events: events, progress("append", events, "events")).latencies.count
    }
  }

  private var title: String {
    switch shape {
    case .batches(let load):
      "relay: a backlog of events from requests of \(load.linesPerRequest) lines of \(load.fields) fields"
    case .singles: "relay: a backlog of events of one sample each"
    }
  }
}
