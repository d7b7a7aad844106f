import ReadModels

/// From operations to rows of the tail and back.
enum TailPacking {
  /// The row of one flush; nil when there are no operations.
  static func row(_ operations: some Sequence<SampleOperation>) -> [UInt8]? {
    var page = PageChanges()
    for operation in operations {
      page.append(slot: operation.slot, kind: operation.kind, time: operation.time, value: operation.value)
    }
    return TailRow.encode(&page)
  }

  /// Cuts operations at random places into flushes.
  static func rows(_ operations: [SampleOperation], _ random: inout some RandomNumberGenerator) -> [[UInt8]] {
    var rows: [[UInt8]] = []
    var start = 0
    while start < operations.count {
      let end = min(operations.count, start + Int.random(in: 1...max(1, operations.count / 3), using: &random))
      if let row = row(operations[start..<end]) { rows.append(row) }
      start = end
    }
    return rows
  }

  static func changes(_ rows: [[UInt8]], slots: SlotSet? = nil) throws -> [UInt16: SeriesChanges] {
    var page = PageChanges()
    for row in rows { try TailRow.decode(row, slots: slots, into: &page) }
    var changes: [UInt16: SeriesChanges] = [:]
    page.forEachSeries { changes[$0] = $1 }
    return changes
  }
}
