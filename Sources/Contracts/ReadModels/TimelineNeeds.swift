/// The buckets of one series that the tail touches within a plan: their rows are needed in full. All rising.
package struct TimelineNeeds: Hashable, Sendable {
  package let minutes: [Int32]
  package let hours: [Int32]
  package let days: [Int32]

  /// - minutes: rising.
  init(minutes: [Int32]) {
    self.minutes = minutes
    hours = Self.holders(minutes, of: .minute, at: .hour)
    days = Self.holders(hours, of: .hour, at: .day)
  }

  package var isEmpty: Bool { minutes.isEmpty }

  private static func holders(_ buckets: [Int32], of level: BucketLevel, at wider: BucketLevel) -> [Int32] {
    var holders: [Int32] = []
    for bucket in buckets {
      let holder = wider.holder(of: bucket, at: level)
      if holders.last != holder { holders.append(holder) }
    }
    return holders
  }
}
