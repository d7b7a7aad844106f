import Runtime

/// Which series stand behind a line's raw `measurement,tags` and fields: shared by all parsers, so that a line of known
/// series costs one hash and one lookup. Holds committed series only. Any thread.
///
/// Bounded by `byteLimit`: when an insertion would pass it, everything is thrown away and learnt again from the
/// resolver. Finding the least used would cost a write per lookup.
package final class HeadCache: Sendable {
  package struct Status: Sendable {
    package let heads: Int
    package let byteCount: Int
    /// How often it was full and emptied.
    package let timesEmptied: Int
  }

  struct Content: ~Copyable {
    var table = HeadTable()
    var timesEmptied = 0
  }

  private let byteLimit: Int
  private let content = ReadWriteLocked(Content())

  /// 256 MiB hold about 400 thousand heads of 200 bytes with 10 fields.
  package static let standardByteLimit = 256 << 20

  package init(byteLimit: Int = HeadCache.standardByteLimit) { self.byteLimit = byteLimit }

  package var status: Status {
    content.withReadLock {
      Status(heads: $0.table.count, byteCount: $0.table.byteCount, timesEmptied: $0.timesEmptied)
    }
  }

  func withTable<Result>(_ body: (borrowing HeadTable) throws -> Result) rethrows -> Result {
    try content.withReadLock { try body($0.table) }
  }

  /// Takes in what one body taught: of each entry the fields whose series is committed.
  func learn(from local: borrowing HeadTable) {
    // Blocks are made before the lock is taken: all parsers wait for it. They are made in the order of the body's lines,
    // so that they lie in memory as the next body with the same hosts asks for them.
    let entries = local.entries.compactMap(Self.committed)
    guard !entries.isEmpty else { return }
    content.withWriteLock { content in
      for entry in entries { insert(entry, into: &content) }
    }
  }

  private func insert(_ entry: UnsafeMutablePointer<HeadEntry>, into content: inout Content) {
    // The shape is counted although the table may have it.
    let size = entry.pointee.blockCount + entry.pointee.shape.pointee.blockCount
    if content.table.byteCount + size > byteLimit {
      content.table.removeAll()
      content.timesEmptied += 1
    }
    guard content.table.byteCount + size <= byteLimit else {
      entry.pointee.shape.block.deallocate()
      entry.deallocate()
      return
    }
    content.table.put(entry)
  }

  /// A copy of the entry without the series that are new; nil when nothing is left.
  private static func committed(_ entry: UnsafePointer<HeadEntry>) -> UnsafeMutablePointer<HeadEntry>? {
    var fields: [StagedField] = []
    for index in 0..<Int(entry.pointee.fieldCount) where entry.fields[index].series >= 0 {
      fields.append(StagedField(entry, index))
    }
    guard !fields.isEmpty else { return nil }
    let head = UnsafeRawBufferPointer(start: entry.head, count: Int(entry.pointee.headCount))
    return fields.withUnsafeBufferPointer {
      HeadEntry.make(hash: entry.pointee.hash, head: head, fields: $0, shape: HeadShape.make($0))
    }
  }
}

extension StagedField {
  /// A field of an entry, without a value; its name is borrowed from the entry's shape.
  init(_ entry: UnsafePointer<HeadEntry>, _ index: Int) {
    let shape = entry.pointee.shape
    let name = shape.names[index]
    self.init(
      series: entry.fields[index].series, shard: entry.fields[index].shard, name: shape.block + Int(name.offset),
      nameCount: Int(name.count) - 1, value: 0)
  }
}
