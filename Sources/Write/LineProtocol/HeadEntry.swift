/// One block of memory per head (`measurement,tags` as sent): this header, as many `HeadField` as its shape has names,
/// then the head's bytes. Immutable once it is in a table; the table frees it.
///
/// The head's last byte is not a backslash: what ends it is a space that is not escaped.
struct HeadEntry {
  let hash: UInt64
  let headCount: UInt32
  let fieldCount: UInt32
  /// Bytes of the whole block.
  let blockCount: Int
  /// Owned by the maker until a table interns it.
  var shape: UnsafePointer<HeadShape>
  /// Its place in the order in which its table first saw heads.
  var ordinal = 0

  /// Makes a block. `shape` has the names of `fields`.
  static func make(
    hash: UInt64, head: UnsafeRawBufferPointer, fields: UnsafeBufferPointer<StagedField>,
    shape: UnsafePointer<HeadShape>
  ) -> UnsafeMutablePointer<HeadEntry> {
    let fixed = MemoryLayout<HeadEntry>.stride + fields.count * MemoryLayout<HeadField>.stride
    let blockCount = fixed + head.count
    let block = UnsafeMutableRawPointer.allocate(byteCount: blockCount, alignment: 8)
    let entry = block.initializeMemory(
      as: HeadEntry.self,
      to: HeadEntry(
        hash: hash, headCount: UInt32(head.count), fieldCount: UInt32(fields.count), blockCount: blockCount,
        shape: shape))
    if let base = head.baseAddress { (block + fixed).copyMemory(from: base, byteCount: head.count) }
    var slot = block + MemoryLayout<HeadEntry>.stride
    for field in fields {
      slot.initializeMemory(as: HeadField.self, to: HeadField(series: field.series, shard: field.shard))
      slot += MemoryLayout<HeadField>.stride
    }
    return entry
  }
}

/// A field of a head: which series it is.
struct HeadField {
  /// A `SeriesID`, or in a table of one body also `SampleBatch.reference(toNew:)`.
  let series: Int64
  let shard: Int32
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
