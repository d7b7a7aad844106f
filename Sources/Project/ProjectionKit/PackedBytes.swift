/// Byte strings one behind the other, with the offset where each ends: one allocation for a column of them.
package struct PackedBytes: Sendable {
  package private(set) var bytes: [UInt8] = []
  package private(set) var ends: [Int] = []

  package init() {}

  package var count: Int { ends.count }

  package mutating func reserve(count: Int, bytes byteCount: Int) {
    ends.reserveCapacity(count)
    bytes.reserveCapacity(byteCount)
  }

  package mutating func append(_ value: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: value)
    ends.append(bytes.count)
  }

  package mutating func append(_ value: [UInt8]) {
    bytes.append(contentsOf: value)
    ends.append(bytes.count)
  }

  /// The place of value `index` in `bytes`.
  package func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }
}
