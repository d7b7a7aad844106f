package import Commands

/// How a command ended that is on disk.
package enum AppendOutcome: Sendable {
  /// By this call.
  case recorded(AppendReceipt, StoredAnswer)
  /// By an earlier request with the same idempotency key: its answer, word for word.
  case replayed(StoredAnswer)

  package var answer: StoredAnswer {
    switch self {
    case .recorded(_, let answer), .replayed(let answer): answer
    }
  }
}
