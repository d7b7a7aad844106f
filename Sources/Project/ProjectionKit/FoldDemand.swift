/// How badly a fold wants its next slice, mildest first.
package enum FoldDemand: Int, Comparable, Sendable {
  /// There is nothing to fold.
  case none
  /// As soon as no events come for a moment.
  case whenQuiet
  /// One slice after each flush, so that it happens under load too.
  case betweenFlushes
  /// Slice after slice until the demand is milder, before any other event is applied: memory is at its limit.
  case atOnce

  package static func < (a: FoldDemand, b: FoldDemand) -> Bool { a.rawValue < b.rawValue }
}
