import Compression
import HTTPClient

/// Line protocol to `/write`: the service stores the good lines of a batch and names the bad ones.
struct LineDelivery: BatchDelivery {
  let connection: ServiceConnection
  let target: String
  let contentType: String
  let gzip: Bool
  /// Begins every key of this run.
  let run: String

  func deliver(_ batch: EncodedBatch, offset: Int, firstLine: Int) throws(SendError) -> BatchOutcome {
    var outcome = BatchOutcome(batch)
    guard !batch.body.isEmpty else { return outcome }
    let body = gzip ? Gzip.compress(batch.body, level: 1) : batch.body
    let answer = try connection.post(
      target, type: contentType, gzip: gzip, key: "\(run)-\(offset)", body: body)
    guard answer.status == 204 || answer.status == 400, let accepted = ServiceAnswer.accepted(answer) else {
      throw SendError.refused(answer)
    }
    outcome.accepted = accepted
    guard answer.status == 400 else { return outcome }
    let (named, total) = ServiceAnswer.parts(answer)
    for part in named {
      let line = batch.line(at: (part.line ?? 1) - 1)
      outcome.rejected.append(RejectedRecord(line: firstLine + line, reason: part.code, detail: part.detail))
    }
    outcome.unnamedRejected = total - named.count
    return outcome
  }
}
