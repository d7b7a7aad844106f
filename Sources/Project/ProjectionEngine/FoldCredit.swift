/// How much time folds in quiet moments may take: a hundredth of all time, saved up to five seconds.
///
/// A fold writes every row that it touches anew. Clients that report every ten seconds leave a quiet moment after each
/// round, and folding in each of them would write an hour's row a hundred times more often than the age of the tail asks
/// for. What waits in vain for credit is folded when it is old enough.
package struct FoldCredit {
  /// Nanoseconds.
  package static let limit: Int64 = 5_000_000_000
  /// A fold may use more than there is; the next one waits until it is earned, half a minute at most.
  package static let debtLimit: Int64 = 300_000_000
  private static let shareOfTime: UInt64 = 100

  private var saved = FoldCredit.limit
  private var countedAt: UInt64

  /// `now` here and below: monotonic nanoseconds.
  package init(now: UInt64) { countedAt = now }

  /// A fold took `duration` nanoseconds and has just ended.
  package mutating func spend(_ duration: UInt64, now: UInt64) {
    saved = max(-Self.debtLimit, balance(now) - Int64(clamping: duration))
    countedAt = now
  }

  /// From when on a fold may be done: in the past when it may be done now.
  package var availableFrom: UInt64 {
    saved >= 0 ? countedAt : countedAt &+ saved.magnitude * Self.shareOfTime
  }

  private func balance(_ now: UInt64) -> Int64 {
    let earned = now > countedAt ? (now - countedAt) / Self.shareOfTime : 0
    return min(Self.limit, saved + Int64(clamping: earned))
  }
}
