import Hashing

/// From the raw bytes of a head to its entry: open addressing over blocks that it owns. Not thread-safe.
///
/// A bounded number of slots is looked at (`probeLimit`), so that heads made to collide cost a miss, not time.
struct HeadTable: ~Copyable {
  private struct Slot {
    var hash: UInt64
    var entry: UnsafePointer<HeadEntry>?
  }

  private static let probeLimit = 32
  private static let firstSlots = 1_024

  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private(set) var count = 0
  /// Memory of the blocks and the slots.
  private(set) var byteCount: Int

  init() {
    slots = Self.makeSlots(Self.firstSlots)
    mask = Self.firstSlots - 1
    byteCount = Self.firstSlots * MemoryLayout<Slot>.stride
  }

  deinit {
    Self.freeEntries(slots, mask)
    slots.deallocate()
  }

  @inline(__always)
  static func hash(_ head: UnsafeRawBufferPointer) -> UInt64 { XXH3.hash64(head) }

  /// The entry lives until the table is changed.
  @inline(__always)
  func find(_ hash: UInt64, _ head: UnsafeRawPointer, _ headCount: Int) -> UnsafePointer<HeadEntry>? {
    var place = Int(truncatingIfNeeded: hash) & mask
    for _ in 0..<Self.probeLimit {
      guard let entry = slots[place].entry else { return nil }
      if slots[place].hash == hash, Int(entry.pointee.headCount) == headCount,
        RawText.equal(entry.head, head, headCount)
      {
        return entry
      }
      place = (place &+ 1) & mask
    }
    return nil
  }

  /// Takes over the block `entry`; one with the same head is freed.
  mutating func put(_ entry: UnsafePointer<HeadEntry>) {
    if count * 2 >= mask { grow() }
    guard let place = place(for: entry) else {
      entry.block.deallocate()  // Too many neighbours: it stays unknown.
      return
    }
    if let old = slots[place].entry {
      byteCount -= old.pointee.blockCount
      old.block.deallocate()
    } else {
      count += 1
    }
    slots[place] = Slot(hash: entry.pointee.hash, entry: entry)
    byteCount += entry.pointee.blockCount
  }

  mutating func removeAll() {
    guard count > 0 else { return }
    Self.freeEntries(slots, mask)
    slots.deallocate()
    slots = Self.makeSlots(Self.firstSlots)
    mask = Self.firstSlots - 1
    byteCount = Self.firstSlots * MemoryLayout<Slot>.stride
    count = 0
  }

  func forEach(_ body: (UnsafePointer<HeadEntry>) -> Void) {
    for place in 0...mask {
      if let entry = slots[place].entry { body(entry) }
    }
  }

  /// The slot that holds the same head, else a free one within reach.
  private func place(for entry: UnsafePointer<HeadEntry>) -> Int? {
    let hash = entry.pointee.hash
    var place = Int(truncatingIfNeeded: hash) & mask
    for _ in 0..<Self.probeLimit {
      guard let other = slots[place].entry else { return place }
      if slots[place].hash == hash, other.pointee.headCount == entry.pointee.headCount,
        RawText.equal(other.head, entry.head, Int(entry.pointee.headCount))
      {
        return place
      }
      place = (place &+ 1) & mask
    }
    return nil
  }

  private mutating func grow() {
    let oldSlots = slots
    let oldMask = mask
    mask = mask * 2 + 1
    slots = Self.makeSlots(mask + 1)
    byteCount += (mask - oldMask) * MemoryLayout<Slot>.stride
    for index in 0...oldMask {
      guard let entry = oldSlots[index].entry else { continue }
      if let place = place(for: entry) {
        slots[place] = oldSlots[index]
      } else {
        byteCount -= entry.pointee.blockCount
        count -= 1
        entry.block.deallocate()
      }
    }
    oldSlots.deallocate()
  }

  private static func makeSlots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(hash: 0, entry: nil), count: count)
    return slots
  }

  private static func freeEntries(_ slots: UnsafeMutablePointer<Slot>, _ mask: Int) {
    for place in 0...mask {
      slots[place].entry?.block.deallocate()
    }
  }
}
