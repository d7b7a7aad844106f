import ReadModels

/// Rows of the tail that are folded and stand there for readers still, and when they may be deleted.
struct FoldedTail {
  struct Entry {
    let page: SeriesPage
    /// The page's rows up to this sequence.
    let sequence: Int64
    /// Monotonic nanoseconds; nil: not decided yet.
    var due: UInt64?
  }

  private var entries: [Entry] = []
  private var head = 0

  mutating func append(page: SeriesPage, sequence: Int64, due: UInt64?) {
    entries.append(Entry(page: page, sequence: sequence, due: due))
  }

  /// Takes out what is due, oldest first. Entries without a time get `newDue`.
  mutating func takeDue(at now: UInt64, newDue: UInt64, limit: Int) -> [Entry] {
    var taken: [Entry] = []
    while head < entries.count, taken.count < limit {
      guard let due = entries[head].due else {
        for index in head..<entries.count where entries[index].due == nil { entries[index].due = newDue }
        continue
      }
      guard due <= now else { break }
      taken.append(entries[head])
      head += 1
    }
    if head > 1_024, head * 2 > entries.count {
      entries.removeFirst(head)
      head = 0
    }
    return taken
  }

  mutating func removeAll(shard: Int32) {
    entries = entries[head...].filter { $0.page.shard != shard }
    head = 0
  }
}
