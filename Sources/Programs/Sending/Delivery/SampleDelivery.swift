import Compression
import HTTPClient

/// NDJSON to `/v1/samples`, which stores all of a request or nothing: what it names as bad is left out, and the rest is
/// sent again as another request, with a key of its own. Sent again by a later run, the same requests follow one another.
struct SampleDelivery: BatchDelivery {
  let connection: ServiceConnection
  let target: String
  let contentType: String
  let gzip: Bool
  let run: String

  func deliver(_ batch: EncodedBatch, offset: Int, firstLine: Int) throws(SendError) -> BatchOutcome {
    var outcome = BatchOutcome(batch)
    var lines = SampleLines(batch.body)
    outcome.records = lines.count
    var round = 0
    while lines.count > 0 {
      let body = lines.body
      let answer = try connection.post(
        target, type: contentType, gzip: gzip, key: "\(run)-\(offset)\(round == 0 ? "" : "-\(round)")",
        body: gzip ? Gzip.compress(body, level: 1) : body)
      if answer.status == 201, let accepted = ServiceAnswer.accepted(answer) {
        outcome.accepted = accepted
        break
      }
      let removed = remove(answer, from: &lines, firstLine)
      guard !removed.isEmpty else { throw SendError.refused(answer) }
      outcome.rejected += removed
      round += 1
    }
    outcome.rejected.sort { $0.line < $1.line }
    return outcome
  }

  private func remove(
    _ answer: HTTPClientResponse, from lines: inout SampleLines, _ firstLine: Int
  ) -> [RejectedRecord] {
    switch (answer.status, ServiceAnswer.code(answer)) {
    case (422, "bad-samples"):
      return lines.remove(ServiceAnswer.parts(answer).named, firstLine: firstLine)
    case (400, "invalid-json"):
      // It names the first one only; the others are found here.
      let bad = lines.removeUnreadable(firstLine: firstLine)
      return bad.isEmpty ? lines.remove(ServiceAnswer.parts(answer).named, firstLine: firstLine) : bad
    default: return []
    }
  }
}
