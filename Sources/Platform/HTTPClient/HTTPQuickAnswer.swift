/// Reading an answer at a glance, for a loader that must not cost more than what it measures. Pure.
package enum HTTPQuickAnswer {
  /// The status of `bytes`, where they are exactly one whole final answer whose length its head says. Nil: anything else
  /// (a part of an answer, chunks, an interim answer), which `HTTPResponseParser` is for.
  package static func status(of bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 16, bytes[8] == 0x20, bytes.starts(with: "HTTP/1.1".utf8) else { return nil }
    var status = 0
    for index in 9..<12 {
      guard (0x30...0x39).contains(bytes[index]) else { return nil }
      status = status * 10 + Int(bytes[index] - 0x30)
    }
    guard status >= 200 else { return nil }
    var length: Int? = status == 204 || status == 304 ? 0 : nil
    var line = 0
    while let end = endOfLine(bytes, from: line) {
      if end == line { return end + 2 + (length ?? -1) == bytes.count ? status : nil }
      switch bytes[line] | 0x20 {
      case 0x63 where end - line > 3:  // c
        if status != 204, status != 304, let value = contentLength(bytes, line..<end) { length = value }
        if bytes[line + 3] | 0x20 == 0x6E { return nil }  // Connection: perhaps it ends.
      case 0x74: return nil  // t: Transfer-Encoding, Trailer
      default: break
      }
      line = end + 2
    }
    return nil
  }

  private static func endOfLine(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var index = start
    while index + 1 < bytes.count {
      if bytes[index] == 0x0D, bytes[index + 1] == 0x0A { return index }
      index += 1
    }
    return nil
  }

  /// The number of a `Content-Length` line; nil of any other line.
  private static func contentLength(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> Int? {
    let name: StaticString = "content-length:"
    guard line.count > name.utf8CodeUnitCount, line.count < name.utf8CodeUnitCount + 12 else { return nil }
    for offset in 0..<name.utf8CodeUnitCount
    where bytes[line.lowerBound + offset] | 0x20 != name.utf8Start[offset] | 0x20 {
      return nil
    }
    var value = 0
    for byte in bytes[(line.lowerBound + name.utf8CodeUnitCount)..<line.upperBound] where byte != 0x20 {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }
}
