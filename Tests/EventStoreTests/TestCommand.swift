import Commands
import EventStore
import Events
import Runtime

/// Commands as a parser would make them.
enum TestCommand {
  typealias Sample = (name: String, time: Int64, value: Double)

  static func record(
    _ samples: [Sample], to appender: Appender, key: String? = nil, body: UInt8 = 0, mode: SampleMode = .replace,
    rejected: [RejectedSample] = [], id: UUIDv7 = UUIDv7()
  ) throws -> Command {
    let request = key.map {
      IdempotencyRequest(actor: "tester", key: $0, fingerprint: [UInt8](repeating: body, count: 32))
    }
    return .record(
      RecordCommand(
        id: id, mode: mode, metadata: metadata, batch: try batch(samples, appender.series), rejected: rejected,
        idempotency: request, answer: answer))
  }

  static func describe(_ name: String, unit: String, key: String? = nil, id: UUIDv7 = UUIDv7()) throws -> Command {
    let request = key.map { IdempotencyRequest(actor: "tester", key: $0, fingerprint: Array(repeating: 0, count: 32)) }
    return .describe(
      DescribeCommand(
        id: id, metadata: metadata,
        content: try MetricDescribed(metric: SeriesKey(name: name), unit: .set(unit), kind: .set(.gauge)),
        idempotency: request, answer: answer))
  }

  private static let metadata = EventMetadata(actor: "tester", protocol: "test", bodyBytes: 1)

  private static func answer(_ receipt: AppendReceipt) -> StoredAnswer {
    StoredAnswer(
      status: 201, headers: [("Daybook-Position", receipt.token.description)],
      body: Array("\(receipt.commandID) \(receipt.accepted)".utf8))
  }

  static func batch(_ samples: [Sample], _ resolver: any SeriesResolver) throws -> SampleBatch {
    var series = BatchSeries(resolver: resolver)
    var batch = SampleBatch(shards: resolver.shards)
    for sample in samples {
      let key = try SeriesKey(name: sample.name, labels: [("host", "h1")])
      let (shard, id) = series.reference(key.fingerprint) { key }
      batch.shards[shard].append(series: id, time: sample.time, value: sample.value)
    }
    batch.newSeries = series.newSeries
    return batch
  }

  /// How many shards get samples of it.
  static func shards(of command: Command) -> Int {
    guard case .record(let command) = command else { return 0 }
    return command.batch.shards.count { !$0.isEmpty }
  }

  /// Data that Postgres refuses: no text there can hold a NUL.
  static let badKey = "bad\0key"
}

extension Appender {
  /// Submits and waits for the answer.
  func record(_ command: Command) -> Result<AppendOutcome, AppendError> {
    recordTogether([command])[0]
  }

  /// Submits all in order and at once, so that they meet in groups, and waits for all answers.
  func recordTogether(_ commands: [Command]) -> [Result<AppendOutcome, AppendError>] {
    let answers = Monitor<[Int: Result<AppendOutcome, AppendError>]>([:])
    for (index, command) in commands.enumerated() {
      submit(command) { result in
        answers.withLock { $0[index] = result }
        answers.signal()
      }
    }
    let deadline = MonotonicClock.deadline(after: .seconds(60))
    _ = answers.wait(until: deadline) { $0.count == commands.count ? true : nil }
    return answers.withLock { answers in
      commands.indices.map { answers[$0] ?? .failure(.rejected(reason: "no answer within 60 s")) }
    }
  }
}
