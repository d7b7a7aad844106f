import Commands
import EventStore
import Events
import Runtime

/// Clients of an appender in this process. Each has one event under way, and the answer to it submits the next. They are
/// dealt out to as many threads as there are processors, as connections are by a server, so that no wake-up of each
/// client is measured.
final class AppendClients: Sendable {
  struct Outcome {
    /// Microseconds from the call to the answer, one an event.
    var latencies: [UInt32] = []
    fileprivate var running = 0
    fileprivate var failure: AppendError?
  }

  private let appender: Appender
  private let count: Int
  private let keys: [SeriesKey]
  private let outcome = Monitor(Outcome())
  private let isOver = StopFlag()
  private let threads = (0..<ProcessorCount.online).map { WorkThread("client \($0)") }

  private static let series = 1_000
  private static let patience = Duration.seconds(60)

  init(_ appender: Appender, count: Int) {
    self.appender = appender
    self.count = count
    keys = (0..<Self.series).compactMap {
      try? SeriesKey(name: "load", labels: [("host", "host_\($0)"), ("region", "region_\($0 % 7)")])
    }
  }

  /// Appends a sample of every series, so that what is measured afterwards registers none.
  func register() throws {
    let answer = Monitor<Result<AppendOutcome, AppendError>?>(nil)
    appender.submit(command(keys.indices.map { $0 }, at: 0)) { result in
      answer.withLock { $0 = result }
      answer.broadcast()
    }
    switch answer.wait(until: MonotonicClock.deadline(after: Self.patience), { $0 }) {
    case .success: return
    case .failure(let error): throw BenchError("the store took nothing: \(error)")
    case nil: throw BenchError("the store did not answer within \(Int(Self.patience.seconds)) seconds")
    }
  }

  /// Appends for that long and waits for the last answers. To be called once.
  func run(for duration: Duration, _ bar: BenchProgress) throws -> Outcome {
    let started = MonotonicClock.now
    let deadline = MonotonicClock.deadline(after: duration)
    return try run(bar) { _ in
      let now = MonotonicClock.now
      return now < deadline ? Int((now - started) / 1_000_000) : nil
    }
  }

  /// Appends until so many events are there, and those that are under way then. To be called once.
  func run(events: Int, _ bar: BenchProgress) throws -> Outcome {
    try run(bar) { $0 < events ? $0 : nil }
  }

  /// - Parameter goesOn: from the number of events that are there, how far it is; nil: it is over.
  private func run(_ bar: BenchProgress, while goesOn: (Int) -> Int?) throws -> Outcome {
    outcome.withLock { $0.running = count }
    for client in 0..<count { next(client, 1) }
    while outcome.withLock({ $0.running }) > 0, let done = goesOn(outcome.withLock { $0.latencies.count }) {
      bar.show(done)
      _ = outcome.wait(until: MonotonicClock.now + 20_000_000) { $0.running == 0 ? true : nil }
    }
    isOver.set()
    bar.end()
    let isDone = outcome.wait(until: MonotonicClock.deadline(after: Self.patience)) { $0.running == 0 ? true : nil }
    for thread in threads { thread.stop() }
    let result = outcome.withLock { $0 }
    if let failure = result.failure { throw BenchError("an append failed: \(failure)") }
    guard isDone == true else { throw BenchError("the last appends were not answered") }
    return result
  }

  private func next(_ client: Int, _ number: Int) {
    let started = MonotonicClock.now
    let thread = threads[client % threads.count]
    appender.submit(command([(client + number * count) % keys.count], at: number), queue: thread) { [self] result in
      let goesOn = outcome.withLock { outcome in
        switch result {
        case .success:
          outcome.latencies.append(UInt32(clamping: (MonotonicClock.now - started) / 1000))
          if !isOver.isSet { return true }
        case .failure(let error): outcome.failure = error
        }
        outcome.running -= 1
        return false
      }
      if goesOn { next(client, number + 1) } else { outcome.broadcast() }
    }
  }

  /// A sample of each of these series.
  private func command(_ indices: [Int], at number: Int) -> Command {
    var series = BatchSeries(resolver: appender.series)
    var batch = SampleBatch(shards: appender.identity.shards)
    let time = HostWorkload.start + Int64(number) * HostWorkload.step
    for index in indices {
      let key = keys[index]
      let (shard, reference) = series.reference(key.fingerprint) { key }
      batch.shards[shard].append(series: reference, time: time, value: Double(number % 10_000) / 100)
    }
    batch.newSeries = series.newSeries
    return .record(
      RecordCommand(
        mode: .replace, metadata: EventMetadata(actor: "anonymous", protocol: "line", bodyBytes: 60), batch: batch,
        answer: { _ in StoredAnswer(status: 204) }))
  }
}
