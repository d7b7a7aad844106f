/// Frame of reference (Goldstein, Ramakrishnan, Shaft 1998): blocks of 128 numbers, each the width in bits (1 byte), the
/// least number (zigzag varint) and the distances from it, packed. What is packed is the values themselves (order 0),
/// their differences (order 1) or the differences of these (order 2); the 1 or 2 numbers that differences start from stand
/// before the blocks as zigzag varints. All arithmetic wraps, so that every Int64 comes back.
enum Frames {
  static let blockCount = 128

  /// How many bytes `encode` writes; `count` > `order`.
  static func size(_ values: UnsafeBufferPointer<Int64>, order: Int) -> Int {
    var size = 0
    for index in 0..<order { size += ByteBuffer.zigzagSize(start(values, index)) }
    var block = order
    while block < values.count {
      let end = min(block &+ blockCount, values.count)
      let (least, greatest) = range(values, block, end, order)
      size &+= 1 &+ ByteBuffer.zigzagSize(least)
      size &+= BitPacking.size(count: end &- block, width: width(least, greatest))
      block = end
    }
    return size
  }

  static func encode(_ values: UnsafeBufferPointer<Int64>, order: Int, into buffer: inout ByteBuffer) {
    for index in 0..<order { buffer.putZigzag(start(values, index)) }
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: blockCount) { distances in
      guard let distances = distances.baseAddress else { return }
      var block = order
      while block < values.count {
        let end = min(block &+ blockCount, values.count)
        let (least, greatest) = range(values, block, end, order)
        let width = width(least, greatest)
        buffer.putByte(UInt8(truncatingIfNeeded: width))
        buffer.putZigzag(least)
        fill(distances, values, block, end, order, least)
        let size = BitPacking.size(count: end &- block, width: width)
        buffer.reserve(size)
        BitPacking.pack(distances, count: end &- block, width: width, into: buffer.end)
        buffer.advance(size)
        block = end
      }
    }
  }

  /// What differences start from: the first value, and the first difference.
  private static func start(_ values: UnsafeBufferPointer<Int64>, _ index: Int) -> Int64 {
    index == 0 ? values[0] : values[1] &- values[0]
  }

  private static func width(_ least: Int64, _ greatest: Int64) -> Int {
    BitPacking.width(UInt64(bitPattern: greatest &- least))
  }

  private static func range(
    _ values: UnsafeBufferPointer<Int64>, _ start: Int, _ end: Int, _ order: Int
  ) -> (Int64, Int64) {
    guard let base = values.baseAddress else { return (0, 0) }
    var least = Int64.max
    var greatest = Int64.min
    switch order {
    case 0:
      for index in start..<end {
        let value = base[index]
        least = min(least, value)
        greatest = max(greatest, value)
      }
    case 1:
      for index in start..<end {
        let value = base[index] &- base[index &- 1]
        least = min(least, value)
        greatest = max(greatest, value)
      }
    default:
      for index in start..<end {
        let value = base[index] &- base[index &- 1] &- base[index &- 1] &+ base[index &- 2]
        least = min(least, value)
        greatest = max(greatest, value)
      }
    }
    return (least, greatest)
  }

  private static func fill(
    _ distances: UnsafeMutablePointer<UInt64>, _ values: UnsafeBufferPointer<Int64>, _ start: Int, _ end: Int,
    _ order: Int, _ least: Int64
  ) {
    guard let base = values.baseAddress.map({ $0 + start }) else { return }
    let count = end &- start
    switch order {
    case 0:
      for index in 0..<count { distances[index] = UInt64(bitPattern: base[index] &- least) }
    case 1:
      for index in 0..<count { distances[index] = UInt64(bitPattern: base[index] &- base[index &- 1] &- least) }
    default:
      for index in 0..<count {
        let value = base[index] &- base[index &- 1] &- base[index &- 1] &+ base[index &- 2]
        distances[index] = UInt64(bitPattern: value &- least)
      }
    }
  }

  static func decode(
    _ reader: inout ByteReader, count: Int, order: Int, into values: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    guard count > order else { throw .malformed("differences of \(count) values", at: reader.position) }
    for index in 0..<order { values[index] = try reader.zigzag() }
    var block = order
    while block < count {
      let end = min(block &+ blockCount, count)
      try decodeBlock(&reader, count: end &- block, into: values + block)
      block = end
    }
    if order == 1 { sum(values, count) }
    if order == 2 { sumTwice(values, count) }
  }

  private static func decodeBlock(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    let width = Int(try reader.byte())
    guard width <= 64 else { throw .malformed("numbers of \(width) bits", at: reader.position) }
    let least = try reader.zigzag()
    let size = BitPacking.size(count: count, width: width)
    let readable = reader.remaining &- size >= BitPacking.overrun
    let packed = try reader.take(size)
    guard width > 0, let bytes = packed.baseAddress else {
      values.update(repeating: least, count: count)
      return
    }
    if readable {
      BitPacking.unpack(bytes, count: count, width: width, adding: least, into: values)
      return
    }
    // Near the end of the bytes, loading whole words would read past it.
    withUnsafeTemporaryAllocation(byteCount: size + BitPacking.overrun, alignment: 16) { copy in
      guard let start = copy.baseAddress else { return }
      copy.initializeMemory(as: UInt8.self, repeating: 0)
      copy.copyMemory(from: packed)
      BitPacking.unpack(start, count: count, width: width, adding: least, into: values)
    }
  }

  private static func sum(_ values: UnsafeMutablePointer<Int64>, _ count: Int) {
    var value = values[0]
    for index in 1..<count {
      value &+= values[index]
      values[index] = value
    }
  }

  private static func sumTwice(_ values: UnsafeMutablePointer<Int64>, _ count: Int) {
    var value = values[0]
    var step = values[1]
    value &+= step
    values[1] = value
    for index in 2..<count {
      step &+= values[index]
      value &+= step
      values[index] = value
    }
  }
}
