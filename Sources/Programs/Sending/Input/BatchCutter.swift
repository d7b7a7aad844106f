import Glibc

/// Cuts the input into batches of whole records. Where it cuts depends on nothing but the input, the size and where it
/// began, so a batch that is sent again, by this run or a later one, is the same request.
///
/// A batch ends with the first record that ends at or after `size` bytes.
struct BatchCutter: ~Copyable {
  private let source: InputSource
  private let size: Int
  /// Of records that may span lines; nil where every line is a record.
  private let delimiter: UInt8?
  private var scanner: CSVScanner
  /// Read and not cut yet: `buffer[start...]`.
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  private var number = 0
  private(set) var offset = 0
  private(set) var line = 1

  /// The most bytes of one record: a quote that is never closed must not take all memory.
  static let recordLimit = 1 << 20
  private static let readSize = 256 << 10

  init(_ source: InputSource, size: Int, delimiter: UInt8?) {
    self.source = source
    self.size = size
    self.delimiter = delimiter
    scanner = CSVScanner(delimiter: delimiter ?? 0x2C)
  }

  /// Skips a byte order mark; refuses UTF-16.
  mutating func begin() throws(SendError) {
    try fill(3)
    let first = Array(buffer[start...].prefix(3))
    if first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) {
      throw SendError(
        "cannot read \(source.path): it is UTF-16; convert it: iconv -f UTF-16 -t UTF-8 FILE | daybook send … -")
    }
    if first == [0xEF, 0xBB, 0xBF] { advance(to: start + 3, newlines: 0) }
  }

  /// Takes the first record: the header.
  mutating func takeHeader() throws(SendError) -> [String] {
    var wanted = 4_096
    while true {
      try fill(wanted)
      let (begin, isLast) = (start, isAtEnd)
      if begin == buffer.count { throw SendError("cannot read \(source.path): it is empty") }
      let names: ([String], Int)? = buffer.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress,
          let next = scanner.scan(base + begin, base + bytes.count, isLast: isLast)
        else { return nil }
        return ((0..<scanner.fieldCount).map { Self.text(scanner.fields[$0]) }, next - base)
      }
      if let names {
        advance(to: names.1, newlines: Self.newlines(buffer[begin..<names.1]))
        return names.0
      }
      if isLast || buffer.count - start > Self.recordLimit {
        throw SendError("cannot read the first line of \(source.path): a quote in it is never closed")
      }
      wanted *= 2
    }
  }

  /// Skips to where an earlier run had come.
  mutating func skip(to target: Int, line targetLine: Int) throws(SendError) {
    guard target >= offset else { throw SendError("cannot go on: the state lies before the first record") }
    while offset < target {
      try fill(1)
      let step = min(buffer.count - start, target - offset)
      guard step > 0 else {
        throw SendError("cannot go on: \(source.path) ends at byte \(offset), before byte \(target) of the state")
      }
      advance(to: start + step, newlines: 0)
    }
    line = targetLine
  }

  /// Nil at the end of the input.
  mutating func next() throws(SendError) -> RawBatch? {
    try fill(size)
    guard start < buffer.count else { return nil }
    var end: Int?
    while true {
      end = findEnd()
      if end != nil { break }
      let have = buffer.count - start
      if isAtEnd { break }
      guard have <= size + Self.recordLimit else { throw tooLong() }
      try fill(have + Self.readSize)
    }
    let cut = end ?? buffer.count
    let bytes = Array(buffer[start..<cut])
    let (first, begin) = (line, offset)
    advance(to: cut, newlines: Self.newlines(bytes[...]))
    number += 1
    return RawBatch(
      number: number - 1, offset: begin, firstLine: first, bytes: bytes, nextLine: line, rawEnd: source.rawOffset)
  }

  private func tooLong() -> SendError {
    SendError(
      "cannot read \(source.path): a record that begins after line \(line) is longer than \(Self.recordLimit >> 20) MiB"
        + (delimiter == nil ? "" : "; is a quote never closed?"))
  }

  /// Where the first record ends that ends at or after `size` bytes; nil where that is not in the buffer.
  private mutating func findEnd() -> Int? {
    let begin = start
    return buffer.withUnsafeBufferPointer { bytes -> Int? in
      guard let base = bytes.baseAddress, bytes.count - begin >= size else { return nil }
      let (first, target, end) = (base + begin, base + begin + size - 1, base + bytes.count)
      let mayBeQuoted = delimiter != nil && memchr(first, 0x22, end - first) != nil
      guard mayBeQuoted else {
        return memchr(target, 0x0A, end - target).map {
          UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) - base + 1
        }
      }
      var place = first
      while place <= target {
        guard let next = scanner.scan(place, end, isLast: false) else { return nil }
        place = next
      }
      return place - base
    }
  }

  private mutating func advance(to end: Int, newlines: Int) {
    offset += end - start
    line += newlines
    start = end
  }

  /// Reads until `wanted` bytes are there, or the input ends.
  private mutating func fill(_ wanted: Int) throws(SendError) {
    guard buffer.count - start < wanted, !isAtEnd else { return }
    buffer.removeFirst(start)
    start = 0
    while buffer.count < wanted, !isAtEnd {
      let before = buffer.count
      let room = max(Self.readSize, wanted - before)
      buffer.append(contentsOf: repeatElement(0, count: room))
      var failure: SendError?
      var count = 0
      buffer.withUnsafeMutableBytes { bytes in
        do throws(SendError) {
          count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[before...]))
        } catch {
          failure = error
        }
      }
      buffer.removeLast(room - count)
      if let failure { throw failure }
      isAtEnd = count == 0
    }
  }

  private static func text(_ field: CSVScanner.Field) -> String {
    let text = String(decoding: UnsafeBufferPointer(start: field.start, count: field.end - field.start), as: UTF8.self)
    return field.hasEscapes ? text.replacing("\"\"", with: "\"") : text
  }

  private static func newlines(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      var count = 0
      for byte in bytes where byte == 0x0A { count &+= 1 }
      return count
    }
  }
}
