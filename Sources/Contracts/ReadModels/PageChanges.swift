/// The changes of one page of series: first collected in the order of their events, then, from the first look at them
/// until `removeAll`, resolved per series.
///
/// Hot: every sample passes here at the flush and again at the fold. Three columns, no object per series, a counting sort
/// by series (stable) and then by time only where a series is out of order.
package struct PageChanges: Sendable {
  /// Per change: `slot << 4 | kind`.
  private var keys: [UInt16] = []
  private var times: [Int64] = []
  private var values: [Double] = []
  private var isResolved = false

  package init() {}

  package var count: Int { keys.count }
  package var isEmpty: Bool { keys.isEmpty }

  package mutating func removeAll() {
    keys.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    isResolved = false
  }

  package mutating func reserve(_ count: Int) {
    keys.reserveCapacity(count)
    times.reserveCapacity(count)
    values.reserveCapacity(count)
  }

  @inlinable @inline(__always)
  package static func key(slot: UInt16, kind: ChangeKind) -> UInt16 { slot &<< 4 | UInt16(kind.rawValue) }

  /// Adds one change after all others.
  package mutating func append(slot: UInt16, kind: ChangeKind, time: Int64, value: Double) {
    precondition(!isResolved, "BUG: a change added to a resolved page")
    keys.append(Self.key(slot: slot, kind: kind))
    times.append(time)
    values.append(value)
  }

  /// Adds changes in columns, after all others. `keys` are `PageChanges.key`s.
  package mutating func append(
    keys newKeys: UnsafeBufferPointer<UInt16>, times newTimes: UnsafeBufferPointer<Int64>,
    values newValues: UnsafeBufferPointer<Double>
  ) {
    precondition(
      newKeys.count == newTimes.count && newKeys.count == newValues.count, "BUG: columns of different lengths")
    precondition(!isResolved, "BUG: changes added to a resolved page")
    keys.append(contentsOf: newKeys)
    times.append(contentsOf: newTimes)
    values.append(contentsOf: newValues)
  }

  /// Calls `body` for each series that has changes, by rising slot, with all of them resolved.
  package mutating func forEachSeries<E: Error>(
    _ body: (_ slot: UInt16, _ changes: SeriesChanges) throws(E) -> Void
  ) throws(E) {
    resolve()
    var start = 0
    while start < count {
      let slot = keys[start] >> 4
      var end = start + 1
      while end < count, keys[end] >> 4 == slot { end += 1 }
      let changes = SeriesChanges(
        samples: SeriesSamples(times: Array(times[start..<end]), values: Array(values[start..<end])),
        clears: (start..<end).map { Self.isReplace(keys[$0]) })
      try body(slot, changes)
      start = end
    }
  }

  /// The resolved columns: by rising slot, then in canonical order. The kind of an entry says whether the samples that its
  /// series had at its time are removed, and is the same for all entries of one time.
  mutating func withResolved<R>(
    _ body: (
      _ keys: UnsafeBufferPointer<UInt16>, _ times: UnsafeBufferPointer<Int64>, _ values: UnsafeBufferPointer<Double>
    ) -> R
  ) -> R {
    resolve()
    return keys.withUnsafeBufferPointer { keys in
      times.withUnsafeBufferPointer { times in
        values.withUnsafeBufferPointer { values in body(keys, times, values) }
      }
    }
  }

  /// Brings what happened to a series at one time down to its outcome, in place. Nothing can be added afterwards: the kinds
  /// mean something else then.
  private mutating func resolve() {
    guard !isResolved else { return }
    isResolved = true
    sort()
    var kept = 0
    var start = 0
    while start < count {
      var end = start + 1
      while end < count, times[end] == times[start], keys[end] >> 4 == keys[start] >> 4 { end += 1 }
      if end - start == 1 {
        if kept != start {
          keys[kept] = keys[start]
          times[kept] = times[start]
          values[kept] = values[start]
        }
        kept += 1
      } else {
        kept = resolveTime(start..<end, to: kept)
      }
      start = end
    }
    keys.removeLast(count - kept)
    times.removeLast(times.count - kept)
    values.removeLast(values.count - kept)
  }

  /// Moves the outcome of several changes of one series at one time, which are in the order of events, to `target`, which
  /// is not behind them. Returns the place after it.
  private mutating func resolveTime(_ range: Range<Int>, to target: Int) -> Int {
    // What came before the last replacement at this time is gone; what was observed after it is added to it.
    let replacement = range.last { Self.isReplace(keys[$0]) }
    let outcome = values[(replacement ?? range.lowerBound)..<range.upperBound].sorted {
      CanonicalOrder.key($0) < CanonicalOrder.key($1)
    }
    let key = Self.key(slot: keys[range.lowerBound] >> 4, kind: replacement == nil ? .observe : .replace)
    let time = times[range.lowerBound]
    for (offset, value) in outcome.enumerated() {
      keys[target + offset] = key
      times[target + offset] = time
      values[target + offset] = value
    }
    return target + outcome.count
  }

  private static func isReplace(_ key: UInt16) -> Bool { key & 0xf == UInt16(ChangeKind.replace.rawValue) }

  /// Sorts by slot, then by time; stable, so that changes of one time stay in the order of events.
  private mutating func sort() {
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

  /// Several connections deliver interleaved runs: nearly sorted, each change a few places off. Those are moved back one
  /// by one; where that would take long, Swift's sort does the rest. Both are stable.
  private mutating func sortByTime(_ range: Range<Int>) {
    var moves = Self.movesLimit * range.count
    let isSorted = keys.withUnsafeMutableBufferPointer { keys in
      times.withUnsafeMutableBufferPointer { times in
        values.withUnsafeMutableBufferPointer { values in
          for index in range.dropFirst() where times[index] < times[index - 1] {
            let (key, time, value) = (keys[index], times[index], values[index])
            var place = index
            while place > range.lowerBound, times[place - 1] > time {
              keys[place] = keys[place - 1]
              times[place] = times[place - 1]
              values[place] = values[place - 1]
              place -= 1
            }
            keys[place] = key
            times[place] = time
            values[place] = value
            moves -= index - place
            if moves < 0 { return false }
          }
          return true
        }
      }
    }
    if !isSorted { sortAnew(range) }
  }

  /// How many places a change may be off on average.
  private static let movesLimit = 16

  /// The place breaks ties, which makes it stable.
  private mutating func sortAnew(_ range: Range<Int>) {
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
