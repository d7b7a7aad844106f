import ReadModels
import TestSupport
import Testing

@Suite struct PageChangesTests {
  /// Orders in which samples come: as sent, a few places off, the last first, and any.
  enum Arrival: CaseIterable {
    case inOrder, interleaved, reversed, shuffled
  }

  /// Of two changes of one series at one time the later one wins, wherever the sort moves them: observed samples of one
  /// time stay all, and a replacement removes those before it only.
  @Test(arguments: Arrival.allCases)
  func changesAreSortedByTimeAndStayInOrderWithinOne(arrival: Arrival) {
    var random = SeededRandom()
    for count in [2, 10, 100, 3_000] {
      var order = Array(0..<count)
      switch arrival {
      case .inOrder: break
      case .interleaved:
        for index in order.indices.dropLast(3) where random.next() % 4 == 0 { order.swapAt(index, index + 3) }
      case .reversed: order.reverse()
      case .shuffled: order.shuffle(using: &random)
      }
      var changes = PageChanges()
      // Three samples a time, of two series in turns.
      for (place, number) in order.enumerated() {
        for slot in [7, 3] as [UInt16] {
          changes.append(slot: slot, kind: .replace, time: Int64(number / 3), value: Double(place))
        }
      }
      var slots: [UInt16] = []
      changes.forEachSeries { slot, series in
        slots.append(slot)
        let times = Set(order.map { Int64($0 / 3) }).sorted()
        #expect(series.samples.times == times)
        let last = times.map { time in Double(order.lastIndex { $0 / 3 == time } ?? -1) }
        #expect(series.samples.values == last)
      }
      #expect(slots == [3, 7])
    }
  }
}
