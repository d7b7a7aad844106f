import EventStore
import Events
import Glibc
import Postgres
import PostgresCluster
import Runtime

/// The bare store: clients in this process, each waiting for its event of one sample to be on disk before it appends the
/// next; no HTTP, no projector.
package struct AppendScenario {
  private let clients: Int
  private let duration: Duration
  private let progress: BenchProgress.Maker

  package init(clients: Int, duration: Duration, progress: @escaping BenchProgress.Maker) {
    self.clients = clients
    self.duration = duration
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    let instance = try BenchInstance(without: [.command, .projector, .query])
    defer { instance.stop() }
    let store = try PostgresCluster.find(home: instance.home)
    let writer = try PostgresCluster.find(home: instance.home, user: "daybook_writer")
    let appender = Appender(
      writer, identity: try StoreIdentity.read(at: writer), logger: Logger(program: "bench", level: .error),
      registry: MetricsRegistry())
    defer { appender.stop() }
    let group = AppendClients(appender, count: clients)
    try group.register()
    let before = try StoreFigures.read(store)
    // The appender's threads are ours, so the process itself is watched, with the store below it.
    let usage = UsageMeasurement([getpid()])
    let started = MonotonicClock.now
    let outcome: AppendClients.Outcome
    do {
      outcome = try group.run(for: duration, progress("append", Int(duration.seconds * 1000), "ms"))
    } catch {
      _ = usage.end()
      throw error
    }
    let seconds = Double(MonotonicClock.now - started) / 1e9
    var report = BenchReport("append: the bare store, \(clients) clients with one event of one sample each")
    let events = outcome.latencies.count
    report.add("clients", "clients", Double(clients), "")
    report.add("events", "events", Double(events), "")
    report.add("events_per_second", "acknowledged", Double(events) / seconds, "events/s")
    report.addLatencies(outcome.latencies, key: "append", label: "append")
    usage.end(into: &report)
    let after = try StoreFigures.read(store)
    report.add(
      "event_bytes", "stored an event, with its index", Double(after.events - before.events) / Double(max(1, events)),
      "bytes")
    report.add("wal_bytes_per_event", "WAL an event", Double(after.wal - before.wal) / Double(max(1, events)), "bytes")
    return report
  }
}
