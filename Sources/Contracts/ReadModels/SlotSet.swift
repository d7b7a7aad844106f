/// A set of places in a page of series.
package struct SlotSet: Sendable {
  private var words: [UInt64]

  package init(_ slots: some Sequence<UInt16> = []) {
    words = [UInt64](repeating: 0, count: SeriesPage.seriesCount / 64)
    for slot in slots { insert(slot) }
  }

  package mutating func insert(_ slot: UInt16) {
    guard slot < SeriesPage.seriesCount else { return }
    words[Int(slot >> 6)] |= 1 << UInt64(slot & 63)
  }

  package func contains(_ slot: UInt16) -> Bool {
    slot < SeriesPage.seriesCount && words[Int(slot >> 6)] & (1 << UInt64(slot & 63)) != 0
  }
}
