/// The changes of one page of series, collected in the order of their events, then resolved per series.
///
/// Hot: every sample passes here at the flush and again at the fold. Three columns, no object per series, a counting sort
/// by series (stable) and then by time only where a series is out of order.
package struct PageChanges: Sendable {
  /// Per change: `slot << 4 | kind`.
  private var keys: [UInt16] = []
  private var times: [Int64] = []
  private var values: [Double] = []
  private var isSorted = true

  package init() {}

  package var count: Int { keys.count }
  package var isEmpty: Bool { keys.isEmpty }

  package mutating func removeAll() {
    keys.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    isSorted = true
  }

  package mutating func reserve(_ count: Int) {
    keys.reserveCapacity(count)
    times.reserveCapacity(count)
    values.reserveCapacity(count)
  }

  @inlinable
  package static func key(slot: UInt16, kind: ChangeKind) -> UInt16 { slot &<< 4 | UInt16(kind.rawValue) }

  /// Adds one change after all others.
  package mutating func append(slot: UInt16, kind: ChangeKind, time: Int64, value: Double) {
    keys.append(Self.key(slot: slot, kind: kind))
    times.append(time)
    values.append(value)
    isSorted = false
  }

  /// Adds changes in columns, after all others. `keys` are `PageChanges.key`s.
  package mutating func append(
    keys newKeys: UnsafeBufferPointer<UInt16>, times newTimes: UnsafeBufferPointer<Int64>,
    values newValues: UnsafeBufferPointer<Double>
  ) {
    precondition(
      newKeys.count == newTimes.count && newKeys.count == newValues.count, "BUG: columns of different lengths")
    keys.append(contentsOf: newKeys)
    times.append(contentsOf: newTimes)
    values.append(contentsOf: newValues)
    isSorted = false
  }

  /// Calls `body` for each series that has changes, by rising slot, with all of them resolved.
  package mutating func forEachSeries<E: Error>(
    _ body: (_ slot: UInt16, _ changes: SeriesChanges) throws(E) -> Void
  ) throws(E) {
    sort()
    var start = 0
    while start < count {
      let slot = keys[start] >> 4
      var end = start + 1
      while end < count, keys[end] >> 4 == slot { end += 1 }
      try body(slot, resolved(start..<end))
      start = end
    }
  }

  /// The changes of a series; `range` are its entries, sorted by time, those of one time in the order of events.
  private func resolved(_ range: Range<Int>) -> SeriesChanges {
    var changes = SeriesChanges(capacity: range.count)
    var start = range.lowerBound
    while start < range.upperBound {
      let time = times[start]
      var end = start + 1
      while end < range.upperBound, times[end] == time { end += 1 }
      if end - start == 1 {
        changes.append(time: time, value: values[start], clears: isReplace(start))
      } else {
        // What came before the last replacement at this time is gone; what was observed after it is added to it.
        let replacement = (start..<end).last(where: isReplace)
        changes.append(time: time, values: values[(replacement ?? start)..<end], clears: replacement != nil)
      }
      start = end
    }
    return changes
  }

  private func isReplace(_ index: Int) -> Bool {
    keys[index] & 0xf == UInt16(ChangeKind.replace.rawValue)
  }

  /// Sorts by slot, then by time; stable, so that changes of one time stay in the order of events.
  private mutating func sort() {
    guard !isSorted else { return }
    isSorted = true
    sortBySlot()
    var start = 0
    while start < count {
      let slot = keys[start] >> 4
      var end = start + 1
      var inOrder = true
      while end < count, keys[end] >> 4 == slot {
        if times[end] < times[end - 1] { inOrder = false }
        end += 1
      }
      if !inOrder { sortByTime(start..<end) }
      start = end
    }
  }

  private mutating func sortBySlot() {
    let count = count
    let inOrder = keys.withUnsafeBufferPointer { keys in
      for index in 1..<Swift.max(1, count) where keys[index] >> 4 < keys[index - 1] >> 4 { return false }
      return true
    }
    if inOrder { return }
    // Counting sort: the place of each slot's first change, then one pass that moves everything.
    var places = [Int](repeating: 0, count: SeriesPage.seriesCount + 1)
    for key in keys { places[Int(key >> 4) + 1] += 1 }
    for slot in 1...SeriesPage.seriesCount { places[slot] += places[slot - 1] }
    let (oldKeys, oldTimes, oldValues) = (keys, times, values)
    oldKeys.withUnsafeBufferPointer { oldKeys in
      oldTimes.withUnsafeBufferPointer { oldTimes in
        oldValues.withUnsafeBufferPointer { oldValues in
          places.withUnsafeMutableBufferPointer { places in
            keys.withUnsafeMutableBufferPointer { keys in
              times.withUnsafeMutableBufferPointer { times in
                values.withUnsafeMutableBufferPointer { values in
                  for index in 0..<count {
                    let slot = Int(oldKeys[index] >> 4)
                    let place = places[slot]
                    places[slot] = place &+ 1
                    keys[place] = oldKeys[index]
                    times[place] = oldTimes[index]
                    values[place] = oldValues[index]
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Few series are out of order, and those nearly sorted: several connections deliver interleaved runs. Swift's sort
  /// finds the runs; the place breaks ties, which makes it stable.
  private mutating func sortByTime(_ range: Range<Int>) {
    let entries = range.map { (time: times[$0], place: $0) }
      .sorted { $0.time != $1.time ? $0.time < $1.time : $0.place < $1.place }
    let oldKeys = entries.map { keys[$0.place] }
    let oldValues = entries.map { values[$0.place] }
    for offset in 0..<entries.count {
      keys[range.lowerBound + offset] = oldKeys[offset]
      times[range.lowerBound + offset] = entries[offset].time
      values[range.lowerBound + offset] = oldValues[offset]
    }
  }
}
