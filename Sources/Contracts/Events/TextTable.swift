/// Distinct texts in order of first use, each with its number. Open addressing over raw bytes: a `Dictionary` of byte
/// arrays costs half a microsecond per look-up, and 100,000 series come with a million of them. The hash is seeded per
/// table, so that no client can prepare collisions; the numbers do not depend on it.
struct TextTable {
  private(set) var bytes: [UInt8] = []
  private(set) var lengths: [Int64] = []
  private var offsets: [Int] = []
  private var hashes: [UInt64] = []
  /// Number + 1 of the text in each slot; 0: free. The count is a power of two, at most half of it in use.
  private var slots = [Int32](repeating: 0, count: 256)
  private let seed = UInt64.random(in: .min ... .max)

  var count: Int { lengths.count }

  mutating func number(of text: UnsafeRawBufferPointer) -> Int64 {
    let hash = hash(text)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, isEqual(number, text) { return Int64(number) }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = count
    slots[slot] = Int32(number + 1)
    offsets.append(bytes.count)
    lengths.append(Int64(text.count))
    hashes.append(hash)
    bytes.append(contentsOf: text)
    if count * 2 > slots.count { grow() }
    return Int64(number)
  }

  private func isEqual(_ number: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    guard lengths[number] == text.count else { return false }
    guard let other = text.baseAddress else { return true }
    return bytes.withUnsafeBytes { known in
      guard let base = known.baseAddress else { return false }
      return Self.isEqual(base + offsets[number], other, text.count)
    }
  }

  private static func isEqual(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
    var index = 0
    while index &+ 8 <= count {
      guard
        a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          == b.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      else { return false }
      index &+= 8
    }
    while index < count {
      guard a.load(fromByteOffset: index, as: UInt8.self) == b.load(fromByteOffset: index, as: UInt8.self) else {
        return false
      }
      index &+= 1
    }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 2)
    for number in hashes.indices {
      var slot = Int(truncatingIfNeeded: hashes[number]) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number + 1)
    }
  }

  /// Multiply and fold both halves, eight bytes at a time, as wyhash does.
  private func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    var hash = seed ^ UInt64(text.count)
    var offset = 0
    while offset < text.count {
      var word: UInt64 = 0
      if offset + 8 <= text.count {
        word = text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      } else {
        for byte in 0..<(text.count - offset) { word |= UInt64(text[offset + byte]) << UInt64(byte * 8) }
      }
      let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
      hash = product.high ^ product.low ^ seed
      offset += 8
    }
    return hash ^ hash >> 32
  }
}
