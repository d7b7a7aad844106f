/// Which batches are done, and up to where all of them are: what lies before the watermark is never sent again. A value
/// without IO; whoever shares it locks it.
package struct Watermark {
  private struct Pending {
    let batch: RawBatch.Place
    /// Nanoseconds since 1970.
    let dispatchedAt: Int64
    var outcome: BatchOutcome?
  }

  /// Everything before it is done, in the input's bytes and lines.
  package private(set) var offset: Int
  package private(set) var line: Int
  package private(set) var rawOffset = 0
  package private(set) var totals: SendTotals
  /// In the input's order; the first one begins at `offset`.
  private var pending: [Pending] = []
  private var firstNumber = 0
  /// Records that were rejected behind the watermark, and are kept until it has passed them.
  package private(set) var rejectedBehind = 0
  /// Samples acknowledged behind the watermark.
  package private(set) var acceptedBehind = 0

  package init(offset: Int, line: Int, totals: SendTotals) {
    self.offset = offset
    self.line = line
    self.totals = totals
  }

  /// Batches handed out and not before the watermark.
  package var open: Int { pending.count }

  /// Since when the batch at the watermark has been under way; nil: nothing is.
  package var pendingSince: Int64? { pending.first?.dispatchedAt }

  package mutating func dispatched(_ batch: RawBatch.Place, at now: Int64) {
    precondition(batch.number == firstNumber + pending.count, "BUG: batches are handed out in order")
    pending.append(Pending(batch: batch, dispatchedAt: now, outcome: nil))
  }

  /// Returns what was rejected before the new watermark, in the order of the input.
  package mutating func done(_ number: Int, _ outcome: BatchOutcome) -> [RejectedRecord] {
    let index = number - firstNumber
    precondition(pending.indices.contains(index) && pending[index].outcome == nil, "BUG: a batch is done once")
    pending[index].outcome = outcome
    acceptedBehind += outcome.accepted
    rejectedBehind += outcome.rejected.count
    var rejected: [RejectedRecord] = []
    var passed = 0
    while passed < pending.count, let outcome = pending[passed].outcome {
      let batch = pending[passed].batch
      (offset, line, rawOffset) = (batch.end, batch.nextLine, batch.rawEnd)
      totals.add(outcome)
      acceptedBehind -= outcome.accepted
      rejectedBehind -= outcome.rejected.count
      rejected += outcome.rejected
      passed += 1
    }
    pending.removeFirst(passed)
    firstNumber += passed
    return rejected
  }
}
