/// What became of the records up to some place of the input.
package struct SendTotals: Sendable, Equatable {
  /// The most line numbers that are kept per reason.
  package static let linesLimit = 10
  /// The most reasons that are told apart; the others are counted together.
  static let reasonsLimit = 50

  package struct Reason: Sendable, Equatable {
    package var count = 0
    /// The first ones.
    package var lines: [Int] = []
    /// Of the first one.
    package var detail = ""
  }

  /// Samples that the service acknowledged.
  package var accepted = 0
  package var rejected = 0
  package var reasons: [String: Reason] = [:]
  package var records = 0
  /// Cells without a value, which are no samples.
  package var emptyValues = 0
  package var ambiguousTimes = 0
  package var missingTimes = 0

  package init() {}

  mutating func add(_ outcome: BatchOutcome) {
    accepted += outcome.accepted
    records += outcome.records
    emptyValues += outcome.emptyValues
    ambiguousTimes += outcome.ambiguousTimes
    missingTimes += outcome.missingTimes
    for record in outcome.rejected { add(record) }
    if outcome.unnamedRejected > 0 {
      rejected += outcome.unnamedRejected
      reasons["not-named", default: Reason(detail: "the service names the first 100 of a batch only")].count +=
        outcome.unnamedRejected
    }
  }

  private mutating func add(_ record: RejectedRecord) {
    rejected += 1
    let isKnown = reasons[record.reason] != nil || reasons.count < Self.reasonsLimit
    var reason = reasons[isKnown ? record.reason : "other"] ?? Reason(detail: record.detail)
    reason.count += 1
    if reason.lines.count < Self.linesLimit { reason.lines.append(record.line) }
    reasons[isKnown ? record.reason : "other"] = reason
  }
}
