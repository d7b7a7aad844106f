import Commands
import LineProtocol

/// What clients are told of a batch of which lines were refused. Agents know these sentences and drop the batch instead of
/// sending it again, so the good lines must be stored before.
enum PartialWrite {
  /// Bad lines in the text itself; all that were kept stand in `errors` beside it.
  private static let namedLimit = 5

  static func fault(_ outcome: LineOutcome, _ dialect: Dialect) -> RequestFault {
    let named = outcome.rejected.prefix(namedLimit).map { "\($0.detail) (line \($0.line ?? 0))" }
    let total = outcome.rejectedByReason.values.reduce(0, +)
    var reasons = named.joined(separator: "\n")
    if total > named.count { reasons += "\nand \(total - named.count) more" }
    var fault = RequestFault(400, "partial-write", text(reasons, outcome, dialect))
    fault.parts = outcome.rejected.map {
      RequestFault.Part(place: .line($0.line ?? 0), code: $0.reason, detail: $0.detail)
    }
    fault.partsTotal = total
    return fault
  }

  private static func text(_ reasons: String, _ outcome: LineOutcome, _ dialect: Dialect) -> String {
    if case .influx2 = dialect {
      let stored = outcome.lines - outcome.rejectedLines
      return "partial write error (\(stored) accepted): \(outcome.rejectedLines) out of \(outcome.lines) points "
        + "rejected: \(reasons)"
    }
    let isPartial = outcome.accepted > 0 || outcome.lines > outcome.rejectedLines
    return isPartial ? "partial write: \(reasons) dropped=\(outcome.rejectedLines)" : reasons
  }
}
