/// How a run ended.
package struct SendReport: Sendable {
  package enum End: Sendable {
    case complete
    /// Stopped from outside.
    case interrupted
    case failed(SendError)
  }

  package let end: End
  /// From the input's first record on, earlier runs included.
  package let totals: SendTotals
  /// Samples acknowledged in this run.
  package let accepted: Int
  package let seconds: Double
  /// The byte where this run began; nil: at the first record.
  package let resumedAt: Int?
  package let isDryRun: Bool

  /// Samples a second of this run.
  package var rate: Double { Double(accepted) / max(seconds, 0.000_001) }
}
