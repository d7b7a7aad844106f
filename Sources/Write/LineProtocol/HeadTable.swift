import Hashing
import Runtime

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
  /// Each shape once, by its hash. One that no entry has any more stays until the table is emptied.
  private var shapes: [UInt64: UnsafePointer<HeadShape>] = [:]
  /// By ordinal; nil: it is not here any more.
  private var ordered: UnsafeMutablePointer<UnsafePointer<HeadEntry>?>
  private var orderedCapacity = HeadTable.firstSlots
  private var ordinals = 0
  /// Memory of the blocks and the slots.
  private(set) var byteCount: Int

  init() {
    slots = Self.makeSlots(Self.firstSlots)
    mask = Self.firstSlots - 1
    ordered = .allocate(capacity: Self.firstSlots)
    byteCount = Self.emptyByteCount
  }

  private static let emptyByteCount =
    firstSlots * (MemoryLayout<Slot>.stride + MemoryLayout<UnsafePointer<HeadEntry>?>.stride)

  deinit {
    ordered.deallocate()
    Self.freeEntries(slots, mask)
    shapes.values.forEach { $0.block.deallocate() }
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

  /// Takes over the block `entry` and its shape; one with the same head is freed.
  mutating func put(_ made: UnsafeMutablePointer<HeadEntry>) {
    if count * 2 >= mask { grow() }
    let entry = UnsafePointer(made)
    guard let shape = intern(made.pointee.shape), let place = place(for: entry) else {
      entry.block.deallocate()  // Too many neighbours, or another shape with its hash: it stays unknown.
      return
    }
    made.pointee.shape = shape
    if let old = slots[place].entry {
      made.pointee.ordinal = old.pointee.ordinal
      byteCount -= old.pointee.blockCount
      old.block.deallocate()
    } else {
      made.pointee.ordinal = nextOrdinal()
      count += 1
    }
    ordered[made.pointee.ordinal] = entry
    slots[place] = Slot(hash: entry.pointee.hash, entry: entry)
    byteCount += entry.pointee.blockCount
  }

  private mutating func nextOrdinal() -> Int {
    if ordinals == orderedCapacity {
      let larger = UnsafeMutablePointer<UnsafePointer<HeadEntry>?>.allocate(capacity: orderedCapacity * 2)
      larger.initialize(from: ordered, count: ordinals)
      ordered.deallocate()
      ordered = larger
      byteCount += orderedCapacity * MemoryLayout<UnsafePointer<HeadEntry>?>.stride
      orderedCapacity *= 2
    }
    defer { ordinals += 1 }
    return ordinals
  }

  /// The head that came after this one when the table learnt them; nil after the last. It is on its way into the
  /// processor's cache from then on.
  @inline(__always)
  func successor(of entry: UnsafePointer<HeadEntry>) -> UnsafePointer<HeadEntry>? {
    let next = entry.pointee.ordinal &+ 1
    guard next < ordinals, let successor = ordered[next] else { return nil }
    for line in 0..<6 { MemoryPrefetch.line(at: successor.block + line &* 64) }
    return successor
  }

  /// The shape that the table has for these names; it takes over `shape` or frees it. Nil when another shape has the
  /// same hash.
  private mutating func intern(_ shape: UnsafePointer<HeadShape>) -> UnsafePointer<HeadShape>? {
    guard let known = shapes[shape.pointee.hash] else {
      shapes[shape.pointee.hash] = shape
      byteCount += shape.pointee.blockCount
      return shape
    }
    defer { shape.block.deallocate() }
    return known.isEqual(shape) ? known : nil
  }

  mutating func removeAll() {
    guard count > 0 || !shapes.isEmpty else { return }
    Self.freeEntries(slots, mask)
    shapes.values.forEach { $0.block.deallocate() }
    shapes.removeAll()
    ordinals = 0
    ordered.deallocate()
    ordered = .allocate(capacity: Self.firstSlots)
    orderedCapacity = Self.firstSlots
    slots.deallocate()
    slots = Self.makeSlots(Self.firstSlots)
    mask = Self.firstSlots - 1
    byteCount = Self.emptyByteCount
    count = 0
  }

  /// In the order in which their heads were first put.
  var entries: [UnsafePointer<HeadEntry>] {
    (0..<ordinals).compactMap { ordered[$0] }
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
        ordered[entry.pointee.ordinal] = nil
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
