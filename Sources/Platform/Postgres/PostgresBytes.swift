/// Growable raw bytes with copy on write: what parameters and COPY rows are built in. All numbers go in big-endian, as
/// Postgres' binary formats want them.
///
/// `@unchecked Sendable`: the storage is written only while it is referenced once.
struct PostgresBytes: @unchecked Sendable {
  private var storage: Storage

  private final class Storage {
    var base: UnsafeMutableRawPointer
    var capacity: Int
    var count = 0

    init(capacity: Int) {
      base = .allocate(byteCount: capacity, alignment: 8)
      self.capacity = capacity
    }

    deinit { base.deallocate() }

    func grow(to wanted: Int) {
      let larger = max(wanted, capacity * 2)
      let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
      moved.copyMemory(from: base, byteCount: count)
      base.deallocate()
      base = moved
      capacity = larger
    }
  }

  init(capacity: Int = 256) { storage = Storage(capacity: max(16, capacity)) }

  var count: Int { storage.count }

  /// Never null, even when empty. Valid while this value is neither changed nor gone.
  var base: UnsafeRawPointer { UnsafeRawPointer(storage.base) }

  mutating func removeAll() {
    if isKnownUniquelyReferenced(&storage) { storage.count = 0 } else { storage = Storage(capacity: 256) }
  }

  /// Makes room for `size` more bytes, which the caller fills at the returned place before anything else.
  @inline(__always)
  mutating func extend(by size: Int) -> UnsafeMutableRawPointer {
    if !isKnownUniquelyReferenced(&storage) { copyStorage() }
    let end = storage.count + size
    if end > storage.capacity { storage.grow(to: end) }
    let place = storage.base + storage.count
    storage.count = end
    return place
  }

  @inline(__always)
  mutating func put<Value: FixedWidthInteger>(_ value: Value) {
    let place = extend(by: MemoryLayout<Value>.size)
    place.storeBytes(of: value.bigEndian, as: Value.self)
  }

  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    let place = extend(by: bytes.count)
    if let source = bytes.baseAddress { place.copyMemory(from: source, byteCount: bytes.count) }
  }

  mutating func put(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { put($0) }
  }

  mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
  }

  private mutating func copyStorage() {
    let copy = Storage(capacity: max(storage.count, 256))
    copy.base.copyMemory(from: storage.base, byteCount: storage.count)
    copy.count = storage.count
    storage = copy
  }
}
