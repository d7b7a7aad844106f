package import Commands

/// What a body of line protocol holds.
package struct LineOutcome: Sendable {
  /// The samples of the good lines, in the order sent within each shard.
  package var batch: SampleBatch
  /// Samples in `batch`.
  package var accepted = 0
  /// Lines that hold data: neither empty nor a comment.
  package var lines = 0
  /// Lines of which at least one part was refused.
  package var rejectedLines = 0
  /// The first `RejectedSample.keptLimit` refusals.
  package var rejected: [RejectedSample] = []
  /// All refusals per reason; their sum is at least `rejectedLines`.
  package var rejectedByReason: [String: Int] = [:]
  /// Text fields: no metrics, skipped.
  package var skippedTexts = 0
  /// Integers that a Float64 cannot hold exactly.
  package var roundedIntegers = 0

  init(shards: Int) { batch = SampleBatch(shards: shards) }

  mutating func reject(_ fault: LineFault, line: Int, excerpt: @autoclosure () -> String) {
    rejectedByReason[fault.code, default: 0] += 1
    guard rejected.count < RejectedSample.keptLimit else { return }
    rejected.append(
      RejectedSample(reason: fault.code, detail: "unable to parse '\(excerpt())': \(fault.text)", line: line))
  }
}
