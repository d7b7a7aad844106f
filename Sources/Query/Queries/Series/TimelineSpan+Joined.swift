import ReadModels

extension TimelineSpan {
  /// The span of two series together; nil stands for one without samples.
  static func joined(_ a: TimelineSpan?, _ b: TimelineSpan?) -> TimelineSpan? {
    guard let a else { return b }
    guard let b else { return a }
    return TimelineSpan(firstAt: min(a.firstAt, b.firstAt), lastAt: max(a.lastAt, b.lastAt))
  }
}
