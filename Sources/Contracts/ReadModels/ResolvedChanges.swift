/// The changes of a stretch of events in one page of series, resolved, to be looked at often and never changed again.
///
/// Applying those of two stretches one after the other is the same as applying `followed(by:)` of both.
package struct ResolvedChanges: Sendable {
  /// The series that have any, rising.
  package let slots: [UInt16]
  /// Per series where its entries begin, and behind the last series the number of all.
  private let starts: [Int32]
  /// By series, in canonical order.
  private let times: [Int64]
  private let values: [Double]
  /// Per entry: whether the samples that the series had at that time are removed; the same for all of one time.
  private let clears: [Bool]
  /// The times of the first and the last sample of all series, in nanoseconds since 1970; `firstAt` is above `lastAt` when
  /// there is none.
  package let firstAt: Int64
  package let lastAt: Int64
  /// Whether every entry removes what was at its time. Then it does not matter how much of the stretch its series have had
  /// done to them before: what is at these times afterwards is the same.
  package let isRepeatable: Bool

  package init(_ page: consuming PageChanges) {
    var page = page
    var slots: [UInt16] = []
    var starts: [Int32] = []
    (times, values, clears) = page.withResolved { keys, times, values in
      for index in keys.indices where index == 0 || keys[index] >> 4 != keys[index - 1] >> 4 {
        slots.append(keys[index] >> 4)
        starts.append(Int32(truncatingIfNeeded: index))
      }
      let isReplace = UInt16(ChangeKind.replace.rawValue)
      return (Array(times), Array(values), keys.map { $0 & 0xf == isReplace })
    }
    starts.append(Int32(truncatingIfNeeded: times.count))
    (self.slots, self.starts) = (slots, starts)
    firstAt = times.min() ?? .max
    lastAt = times.max() ?? .min
    isRepeatable = clears.allSatisfy { $0 }
  }

  package var count: Int { times.count }

  /// Whether any series has a sample in `first ... last`, going by the first and last of all.
  package func mayTouch(_ range: ClosedRange<Int64>) -> Bool {
    firstAt <= lastAt && firstAt <= range.upperBound && range.lowerBound <= lastAt
  }

  /// The times of the first and last sample of each series that has any.
  package func forEachSpan(_ body: (_ slot: UInt16, _ firstAt: Int64, _ lastAt: Int64) -> Void) {
    for (place, slot) in slots.enumerated() {
      body(slot, times[Int(starts[place])], times[Int(starts[place + 1]) - 1])
    }
  }

  /// The times of the first and last sample that is a number, of each series that has one. Looks at no others between them.
  package func forEachSpanOfNumbers<E: Error>(_ body: (UInt16, TimelineSpan) throws(E) -> Void) throws(E) {
    for (place, slot) in slots.enumerated() {
      let range = Int(starts[place])..<Int(starts[place + 1])
      guard let first = range.first(where: { !values[$0].isNaN }), let last = range.last(where: { !values[$0].isNaN })
      else { continue }
      try body(slot, TimelineSpan(firstAt: times[first], lastAt: times[last]))
    }
  }

  /// What happens to one series; nil for nothing.
  package func changes(of slot: UInt16) -> SeriesChanges? {
    guard let range = range(of: slot) else { return nil }
    return SeriesChanges(
      samples: SeriesSamples(times: Array(times[range]), values: Array(values[range])), clears: Array(clears[range]))
  }

  /// What several, one after the other, do to one series; nil for nothing.
  package static func changes(of slot: UInt16, in stretches: [ResolvedChanges]) -> SeriesChanges? {
    var ranges: [(stretch: Int, range: Range<Int>)] = []
    var isRising = true
    var last = Int64.min
    for index in stretches.indices {
      guard let range = stretches[index].range(of: slot) else { continue }
      if !ranges.isEmpty, stretches[index].times[range.lowerBound] <= last { isRising = false }
      last = stretches[index].times[range.upperBound - 1]
      ranges.append((index, range))
    }
    guard let only = ranges.first else { return nil }
    if ranges.count == 1 { return stretches[only.stretch].changes(of: slot) }
    guard isRising else {
      var page = PageChanges()
      for (index, range) in ranges { stretches[index].append(slot, range, to: &page) }
      return ResolvedChanges(page).changes(of: slot)
    }
    // Later ones lie behind the earlier ones in time, too: nothing meets.
    let count = ranges.reduce(0) { $0 + $1.range.count }
    var samples = SeriesSamples()
    var clears: [Bool] = []
    samples.times.reserveCapacity(count)
    samples.values.reserveCapacity(count)
    clears.reserveCapacity(count)
    for (index, range) in ranges {
      samples.times.append(contentsOf: stretches[index].times[range])
      samples.values.append(contentsOf: stretches[index].values[range])
      clears.append(contentsOf: stretches[index].clears[range])
    }
    return SeriesChanges(samples: samples, clears: clears)
  }

  /// Adds what happens to one series behind what is in `page`, as if its events came next.
  package func append(_ slot: UInt16, to page: inout PageChanges) {
    guard let range = range(of: slot) else { return }
    append(slot, range, to: &page)
  }

  /// Adds all of it behind what is in `page`.
  package func append(to page: inout PageChanges) {
    page.reserve(page.count + count)
    for (place, slot) in slots.enumerated() { append(slot, Int(starts[place])..<Int(starts[place + 1]), to: &page) }
  }

  /// Both as one: these, then `later`.
  package func followed(by later: ResolvedChanges) -> ResolvedChanges {
    var page = PageChanges()
    page.reserve(count + later.count)
    append(to: &page)
    later.append(to: &page)
    return ResolvedChanges(page)
  }

  /// Of several entries that replace at one time the first removes what was there, and the others are added.
  private func append(_ slot: UInt16, _ range: Range<Int>, to page: inout PageChanges) {
    for index in range {
      let isRepeated = index > range.lowerBound && times[index] == times[index - 1]
      page.append(
        slot: slot, kind: clears[index] && !isRepeated ? .replace : .observe, time: times[index], value: values[index])
    }
  }

  private func range(of slot: UInt16) -> Range<Int>? {
    place(of: slot).map { Int(starts[$0])..<Int(starts[$0 + 1]) }
  }

  private func place(of slot: UInt16) -> Int? {
    var low = 0
    var high = slots.count
    while low < high {
      let middle = (low &+ high) &>> 1
      if slots[middle] < slot { low = middle &+ 1 } else { high = middle }
    }
    return low < slots.count && slots[low] == slot ? low : nil
  }
}
