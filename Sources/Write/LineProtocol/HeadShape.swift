/// The names of the fields of a head, each with its `=`, in one block of memory: this header, a `HeadShapeName` for each,
/// then the bytes. Hosts of one kind send the same fields, so that thousands of heads share one shape,
/// which stays in the processor's nearest cache while their own entries pass through it.
///
/// Immutable; the table that interned it frees it.
struct HeadShape {
  let hash: UInt64
  /// Bytes of the whole block.
  let blockCount: Int

  /// Makes a block. `fields` are in the order in which a line last had them.
  static func make(_ fields: UnsafeBufferPointer<StagedField>) -> UnsafePointer<HeadShape> {
    let fixed = MemoryLayout<HeadShape>.stride + fields.count * MemoryLayout<HeadShapeName>.stride
    let blockCount = fields.reduce(fixed) { $0 + $1.nameCount + 1 }
    let block = UnsafeMutableRawPointer.allocate(byteCount: blockCount, alignment: 8)
    var place = fixed
    var slot = block + MemoryLayout<HeadShape>.stride
    for field in fields {
      slot.initializeMemory(
        as: HeadShapeName.self, to: HeadShapeName(offset: UInt32(place), count: UInt32(field.nameCount + 1)))
      (block + place).copyMemory(from: field.name, byteCount: field.nameCount)
      (block + place + field.nameCount).storeBytes(of: 0x3D, as: UInt8.self)
      place += field.nameCount + 1
      slot += MemoryLayout<HeadShapeName>.stride
    }
    let hash = HeadTable.hash(UnsafeRawBufferPointer(start: block + fixed, count: blockCount - fixed))
    return UnsafePointer(
      block.initializeMemory(
        as: HeadShape.self, to: HeadShape(hash: hash, blockCount: blockCount)))
  }
}

/// Where a field's name stands in the block of its shape.
struct HeadShapeName {
  /// From the start of the block; the name's last byte is its `=`.
  let offset: UInt32
  let count: UInt32
}

extension UnsafePointer<HeadShape> {
  @inline(__always)
  var block: UnsafeRawPointer { UnsafeRawPointer(self) }

  @inline(__always)
  var names: UnsafePointer<HeadShapeName> {
    (block + MemoryLayout<HeadShape>.stride).assumingMemoryBound(to: HeadShapeName.self)
  }

  /// The same names in the same order: blocks have no padding, and the first offset tells how many names there are, so that
  /// equal shapes are equal bytes.
  func isEqual(_ other: UnsafePointer<HeadShape>) -> Bool {
    pointee.blockCount == other.pointee.blockCount && RawText.equal(block, other.block, pointee.blockCount)
  }
}
