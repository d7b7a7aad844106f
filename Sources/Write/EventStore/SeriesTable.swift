import Events
import Hashing

/// A hash table from fingerprint to series: open addressing over plain memory, 24 bytes a slot, at most half full.
/// Fingerprints are hashes already, so their low bits choose the slot. Not thread-safe.
struct SeriesTable: ~Copyable {
  private struct Slot {
    var high: UInt64
    var low: UInt64
    /// -1: empty.
    var id: Int64
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var capacity: Int
  private(set) var count = 0

  /// `capacity` is a power of two.
  init(capacity: Int = 64) {
    self.capacity = capacity
    slots = Self.empty(capacity)
  }

  deinit { slots.deallocate() }

  func find(_ fingerprint: XXH3.Hash128) -> Int64? {
    let slot = slots[place(of: fingerprint)]
    return slot.id < 0 ? nil : slot.id
  }

  mutating func insert(_ fingerprint: XXH3.Hash128, _ id: Int64) {
    if (count + 1) * 2 > capacity { grow() }
    let place = place(of: fingerprint)
    if slots[place].id < 0 { count += 1 }
    slots[place] = Slot(high: fingerprint.high, low: fingerprint.low, id: id)
  }

  /// Where the fingerprint is, or the empty slot where it would be. There is always one: the table is half empty.
  private func place(of fingerprint: XXH3.Hash128) -> Int {
    let mask = capacity - 1
    // The low half chose the shard of the store and `SeriesCache` its stripe by the high half's top bits.
    var place = Int(truncatingIfNeeded: fingerprint.high) & mask
    while slots[place].id >= 0 {
      if slots[place].high == fingerprint.high, slots[place].low == fingerprint.low { break }
      place = (place + 1) & mask
    }
    return place
  }

  private mutating func grow() {
    let (old, oldCapacity) = (slots, capacity)
    capacity *= 2
    slots = Self.empty(capacity)
    for index in 0..<oldCapacity where old[index].id >= 0 {
      let slot = old[index]
      slots[place(of: XXH3.Hash128(high: slot.high, low: slot.low))] = slot
    }
    old.deallocate()
  }

  private static func empty(_ capacity: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
    slots.initialize(repeating: Slot(high: 0, low: 0, id: -1), count: capacity)
    return slots
  }
}
