/// Parts of a sorted list.
package enum Percentile {
  /// The smallest value that `part` of all do not exceed (nearest rank); nil where there is none. `sorted` ascends;
  /// `part` is from 0 to 1.
  package static func of<Value>(_ sorted: [Value], _ part: Double) -> Value? {
    guard !sorted.isEmpty else { return nil }
    let rank = (Double(sorted.count) * min(1, max(0, part))).rounded(.up)
    return sorted[max(0, Int(rank) - 1)]
  }
}
