/// Decides, from where a reader is and where the heads are, what to ask of each shard: pure, so that fairness and the
/// checks can be tested without a store.
package struct FetchPlan: Equatable {
  package struct Share: Equatable {
    package let shard: Int
    /// Ask for positions above this one.
    package let after: Int64
    /// At most so many.
    package var events: Int
  }

  /// One for each shard that has something new.
  package private(set) var shares: [Share] = []
  /// Per shard: bytes and samples that its events may have.
  package private(set) var bytes = 0
  package private(set) var samples = 0
  /// Some shard has more than it was given.
  package private(set) var leavesSome = false
  /// The shards that are left out: their head is behind the mark, or is at it with another hash.
  package private(set) var faults: [FeedFault] = []

  /// - Parameter eventBytes: the size that an event is expected to have: asking for many more than fit would make the
  ///   store look at them in vain.
  package init(marks: [FeedMark], heads: [ShardHead], limits: FeedLimits, eventBytes: Int) {
    let byShard = Dictionary(heads.map { ($0.shard, $0) }, uniquingKeysWith: { first, _ in first })
    var waiting: [(shard: Int, after: Int64, count: Int)] = []
    for mark in marks {
      let head = byShard[mark.shard]
      if let problem = Self.problem(mark, head) {
        faults.append(FeedFault(shard: mark.shard, position: mark.position + 1, .storeChanged(problem)))
      } else if let head, head.position > mark.position {
        waiting.append((mark.shard, mark.position, Int(clamping: head.position - mark.position)))
      }
    }
    if waiting.isEmpty { return }
    bytes = max(1, limits.bytes / waiting.count)
    samples = max(1, limits.samples / waiting.count)
    // Twice what is expected to fit, so that a batch of smaller events still fills it.
    let fitting = max(16, 2 * bytes / max(1, eventBytes))
    share(limits.events, among: waiting, fitting: fitting)
  }

  /// A shard with few events leaves what it does not need to the others.
  private mutating func share(_ events: Int, among waiting: [(shard: Int, after: Int64, count: Int)], fitting: Int) {
    var left = events
    var shards = waiting.count
    for entry in waiting.sorted(by: { ($0.count, $0.shard) < ($1.count, $1.shard) }) {
      let count = max(1, min(entry.count, left / shards, fitting))
      left = max(0, left - count)
      shards -= 1
      if count < entry.count { leavesSome = true }
      shares.append(Share(shard: entry.shard, after: entry.after, events: count))
    }
    shares.sort { $0.shard < $1.shard }
  }

  private static func problem(_ mark: FeedMark, _ head: ShardHead?) -> String? {
    guard let head else { return "it has no such shard" }
    if head.position < mark.position {
      return "event \(mark.position) was read, and the shard ends at \(head.position)"
    }
    if mark.position > 0, head.position == mark.position, head.hash != mark.hash {
      return "event \(mark.position) has another hash than the one that was read"
    }
    return nil
  }
}
