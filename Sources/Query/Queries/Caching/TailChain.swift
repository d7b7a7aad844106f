package import ReadModels

/// The tail of one page, unpacked: all its rows with `base < sequence <= end`, in stretches of rising sequences. A value:
/// pure, without IO.
///
/// A row of the tail is written once and never changes, its sequence is never used twice, and it becomes visible together
/// with the progress of its shard, which its sequence does not exceed. So a snapshot that has the shard at `position` sees
/// exactly the rows up to there; with the page folded up to `folded` those count that lie above it. A chain that covers
/// `folded < sequence <= position` is what such a snapshot would read.
package struct TailChain: Sendable {
  package private(set) var base: Int64
  package private(set) var end: Int64
  package private(set) var stretches: [TailStretch] = []

  /// Nothing, from a sequence on.
  package init(from base: Int64) {
    (self.base, end) = (base, base)
  }

  /// Samples of all stretches.
  package var samples: Int { stretches.reduce(0) { $0 + $1.samples } }

  /// The part that a snapshot may use, which is what it reads from `folded` up to some sequence that is not above
  /// `position`. Nil when the snapshot reads rows that lie before the chain, or when a stretch has rows that are folded
  /// there together with such that are not, and may not be repeated.
  package func usable(folded: Int64, position: Int64) -> TailChain? {
    if folded >= end { return TailChain(from: folded) }
    guard base <= folded else { return nil }
    var part = TailChain(from: folded)
    for stretch in stretches where stretch.end > folded {
      guard stretch.base >= folded || stretch.changes.isRepeatable else { return nil }
      guard stretch.end <= position else { return part }
      part.stretches.append(stretch)
      part.end = stretch.end
    }
    part.end = max(part.end, min(end, position))
    return part
  }

  /// Without the stretches that are folded.
  func unfolded(_ folded: Int64) -> TailChain {
    var chain = self
    chain.stretches.removeAll { $0.end <= folded }
    chain.base = max(base, min(folded, chain.stretches.first?.base ?? folded))
    chain.end = max(end, chain.base)
    return chain
  }

  /// The stretches that have, perhaps among others, the rows of `first < sequence <= last`; nil where the chain does not
  /// have all of these.
  func stretches(from first: Int64, through last: Int64) -> [TailStretch]? {
    guard base <= first, last <= end else { return nil }
    return stretches.filter { $0.end > first && $0.base < last }
  }

  /// Adds what was read of the sequences above `end` up to `position`; nil: nothing.
  package mutating func append(_ changes: ResolvedChanges?, through position: Int64) {
    if let changes, changes.count > 0 {
      stretches.append(TailStretch(base: end, end: position, changes: changes))
      join()
    }
    end = max(end, position)
  }

  /// Joins neighbours of a like size, so that there are few: each sample is moved some ten times in its life.
  private mutating func join() {
    while stretches.count > 1 {
      let (last, before) = (stretches[stretches.count - 1], stretches[stretches.count - 2])
      guard last.samples * 2 >= before.samples else { return }
      stretches.removeLast(2)
      stretches.append(
        TailStretch(base: before.base, end: last.end, changes: before.changes.followed(by: last.changes)))
    }
  }
}
