import Commands
import Events
import Hashing
import LineProtocol
import Runtime
import SamplesJSON

/// Sends nothing: looks at batches with the very code that the service has for them.
final class DryDelivery: BatchDelivery {
  /// A registry that knows no series.
  private struct Nothing: SeriesResolver {
    let shards = 1
    func lookup(_ fingerprint: XXH3.Hash128) -> SeriesID? { nil }
  }

  private let format: SendFormat
  private let lines = LineParser(cache: HeadCache(byteLimit: 0), resolver: Nothing())
  private let samples = SamplesParser(resolver: Nothing())

  init(_ format: SendFormat) { self.format = format }

  func deliver(_ batch: EncodedBatch, offset: Int, firstLine: Int) throws(SendError) -> BatchOutcome {
    switch format {
    case .csv: try checkLines(batch, .nanoseconds, firstLine)
    case .lines(let precision): try checkLines(batch, LinePrecision(version1: precision) ?? .nanoseconds, firstLine)
    case .samples(let precision):
      try checkSamples(batch, SamplePrecision(rawValue: precision) ?? .milliseconds, firstLine)
    }
  }

  private func checkLines(
    _ batch: EncodedBatch, _ precision: LinePrecision, _ firstLine: Int
  ) throws(SendError) -> BatchOutcome {
    var outcome = BatchOutcome(batch)
    let parsed: LineOutcome
    do throws(LineBodyError) {
      parsed = try batch.body.withUnsafeBufferPointer { (bytes) throws(LineBodyError) in
        try lines.parse(UnsafeRawBufferPointer(bytes), precision: precision, serverTime: WallClock.now)
      }
    } catch {
      throw SendError("cannot send: \(error.description)")
    }
    outcome.accepted = parsed.accepted
    for record in parsed.rejected {
      let index = (record.line ?? 1) - 1
      outcome.rejected.append(
        RejectedRecord(line: firstLine + batch.line(at: index), reason: record.reason, detail: record.detail))
    }
    outcome.unnamedRejected = parsed.rejectedByReason.values.reduce(0, +) - parsed.rejected.count
    return outcome
  }

  private func checkSamples(
    _ batch: EncodedBatch, _ precision: SamplePrecision, _ firstLine: Int
  ) throws(SendError) -> BatchOutcome {
    var outcome = BatchOutcome(batch)
    var left = SampleLines(batch.body)
    outcome.records = left.count
    outcome.rejected = left.removeUnreadable(firstLine: firstLine)
    while left.count > 0 {
      do throws(SamplesBodyError) {
        outcome.accepted = try left.body.withUnsafeBufferPointer { (bytes) throws(SamplesBodyError) in
          try samples.parse(
            UnsafeRawBufferPointer(bytes), format: .lines, precision: precision, serverTime: WallClock.now
          ).accepted
        }
        break
      } catch {
        guard case .badSamples(let faults, _) = error, !faults.isEmpty else { throw SendError("cannot send: \(error)") }
        let parts = faults.map {
          ServiceAnswer.Part(index: $0.index, line: nil, code: $0.fault.code, detail: $0.fault.detail)
        }
        outcome.rejected += left.remove(parts, firstLine: firstLine)
      }
    }
    outcome.rejected.sort { $0.line < $1.line }
    return outcome
  }
}
