import ColumnCodec
import Events
import Hashing

/// One head taken apart, for the first line that has it: measurement and labels, unescaped. Reused from head to head.
struct HeadResolution: ~Copyable {
  private var measurement: [UInt8] = []
  /// Unescaped texts of the labels, one behind the other; the ranges of keys and values follow.
  private var texts: [UInt8] = []
  private var ranges: [(key: Range<Int>, value: Range<Int>)] = []
  private var name: [UInt8] = []

  /// Takes `measurement[,key=value]*` apart. On an error what was there before is lost.
  mutating func split(_ head: UnsafeRawBufferPointer) throws(LineFault) {
    measurement.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    ranges.removeAll(keepingCapacity: true)
    var end = Self.find(0x2C, in: head, from: 0)
    guard end > 0 else { throw .missingMeasurement }
    Self.unescape(UnsafeRawBufferPointer(rebasing: head[0..<end]), equals: false, into: &measurement)
    while end < head.count { end = try splitTag(head, from: end + 1) }
  }

  /// One `key=value` from `start`; returns where it ends.
  private mutating func splitTag(_ head: UnsafeRawBufferPointer, from start: Int) throws(LineFault) -> Int {
    var equals = start
    while equals < head.count, !Self.isFree(0x3D, head, equals, from: start) {
      if Self.isFree(0x2C, head, equals, from: start) { throw equals == start ? .missingTagKey : .missingTagValue }
      equals += 1
    }
    guard equals > start else { throw .missingTagKey }
    guard equals < head.count else { throw start == head.count ? .missingTagKey : .missingTagValue }
    let end = Self.find(0x2C, in: head, from: equals + 1)
    guard end > equals + 1 else { throw .missingTagValue }
    guard Self.find(0x3D, in: head, from: equals + 1, upTo: end) == end else { throw .invalidTagFormat }
    let key = unescapeText(head[start..<equals])
    let value = unescapeText(head[(equals + 1)..<end])
    if texts[key].elementsEqual([0x74, 0x69, 0x6D, 0x65]) { throw .timeTag }
    ranges.append((key, value))
    return end
  }

  /// The canonical bytes of the series that the head has for a field.
  mutating func canonical(field: UnsafeRawBufferPointer) -> [UInt8] {
    name.removeAll(keepingCapacity: true)
    name.append(contentsOf: measurement)
    if !field.elementsEqual([0x76, 0x61, 0x6C, 0x75, 0x65]) {
      name.append(0x5F)
      Self.unescape(field, equals: true, into: &name)
    }
    var buffer = ByteBuffer(capacity: name.count + texts.count + 4 * ranges.count + 16)
    let ranges = self.ranges
    name.withUnsafeBytes { name in
      texts.withUnsafeBytes { texts in
        var labels = ranges.map {
          SeriesKey.RawLabel(
            key: UnsafeRawBufferPointer(rebasing: texts[$0.key]),
            value: UnsafeRawBufferPointer(rebasing: texts[$0.value])
          )
        }
        SeriesKey.canonicalBytes(name: name, labels: &labels, into: &buffer)
      }
    }
    return buffer.bytes
  }

  private mutating func unescapeText(_ text: Slice<UnsafeRawBufferPointer>) -> Range<Int> {
    let start = texts.count
    Self.unescape(UnsafeRawBufferPointer(rebasing: text), equals: true, into: &texts)
    return start..<texts.count
  }

  /// A backslash before a comma, a space or (`equals`) an equals sign goes away; before anything else it stands for itself.
  private static func unescape(_ text: UnsafeRawBufferPointer, equals: Bool, into result: inout [UInt8]) {
    guard text.contains(0x5C) else {
      result.append(contentsOf: text)
      return
    }
    var isEscape = false
    for byte in text {
      if isEscape {
        isEscape = false
        if byte == 0x2C || byte == 0x20 || (equals && byte == 0x3D) { result.removeLast() }
      }
      result.append(byte)
      if byte == 0x5C { isEscape = true }
    }
  }

  /// `byte` stands at `index` without a backslash before it.
  private static func isFree(_ byte: UInt8, _ text: UnsafeRawBufferPointer, _ index: Int, from start: Int) -> Bool {
    text[index] == byte && (index == start || text[index - 1] != 0x5C)
  }

  private static func find(_ byte: UInt8, in text: UnsafeRawBufferPointer, from start: Int, upTo end: Int? = nil) -> Int
  {
    let end = end ?? text.count
    var index = start
    while index < end, !isFree(byte, text, index, from: start) { index += 1 }
    return index
  }
}
