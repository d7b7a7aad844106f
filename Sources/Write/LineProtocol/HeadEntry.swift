/// One block of memory per head (`measurement,tags` as sent): this header, `fieldCount` times `HeadField`, the head's
/// bytes, then the fields' names, each with its `=`. Immutable once it is in a table; the table frees it.
struct HeadEntry {
  let hash: UInt64
  let headCount: UInt32
  let fieldCount: UInt32
  /// Bytes of the whole block.
  let blockCount: Int

  /// Makes a block. `fields` are in the order in which a line with this head last had them.
  static func make(
    hash: UInt64, head: UnsafeRawBufferPointer, fields: UnsafeBufferPointer<StagedField>
  ) -> UnsafePointer<HeadEntry> {
    let fixed = MemoryLayout<HeadEntry>.stride + fields.count * MemoryLayout<HeadField>.stride
    let blockCount = fields.reduce(fixed + head.count) { $0 + $1.nameCount + 1 }
    let block = UnsafeMutableRawPointer.allocate(byteCount: blockCount, alignment: 8)
    let entry = block.initializeMemory(
      as: HeadEntry.self,
      to: HeadEntry(
        hash: hash, headCount: UInt32(head.count), fieldCount: UInt32(fields.count), blockCount: blockCount))
    if let base = head.baseAddress { (block + fixed).copyMemory(from: base, byteCount: head.count) }
    var place = fixed + head.count
    var slot = block + MemoryLayout<HeadEntry>.stride
    for field in fields {
      slot.initializeMemory(
        as: HeadField.self,
        to: HeadField(
          series: field.series, shard: field.shard, nameOffset: UInt32(place), nameCount: UInt32(field.nameCount + 1)))
      (block + place).copyMemory(from: field.name, byteCount: field.nameCount)
      (block + place + field.nameCount).storeBytes(of: 0x3D, as: UInt8.self)
      place += field.nameCount + 1
      slot += MemoryLayout<HeadField>.stride
    }
    return UnsafePointer(entry)
  }
}

/// A field of a head: which series it is.
struct HeadField {
  /// A `SeriesID`, or in a table of one body also `SampleBatch.reference(toNew:)`.
  let series: Int64
  let shard: Int32
  /// From the start of the block; the name's last byte is its `=`.
  let nameOffset: UInt32
  let nameCount: UInt32
}

extension UnsafePointer<HeadEntry> {
  @inline(__always)
  var block: UnsafeRawPointer { UnsafeRawPointer(self) }

  @inline(__always)
  var fields: UnsafePointer<HeadField> {
    (block + MemoryLayout<HeadEntry>.stride).assumingMemoryBound(to: HeadField.self)
  }

  @inline(__always)
  var head: UnsafeRawPointer {
    block + MemoryLayout<HeadEntry>.stride + Int(pointee.fieldCount) * MemoryLayout<HeadField>.stride
  }
}
