/// Finds where a document stops being JSON: simdjson's DOM parser says what is wrong, but not where. Runs only over
/// documents that were refused.
struct JSONFault {
  private let bytes: UnsafeRawBufferPointer
  private var index = 0
  /// The brackets that are open.
  private var open: [UInt8] = []

  /// The offset of the first byte that is not UTF-8.
  static func notUTF8(_ bytes: UnsafeRawBufferPointer) -> Int? {
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }

  /// The offset of the first byte at which the document cannot go on: its length if it ends too early.
  static func syntax(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var fault = JSONFault(bytes: bytes)
    return fault.scan() ? nil : min(fault.index, bytes.count)
  }

  private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// False: `index` is where it stopped.
  private mutating func scan() -> Bool {
    repeat {
      guard takeValueOrOpening() else { return false }
    } while !open.isEmpty
    skipSpace()
    return index == bytes.count
  }

  /// Takes a value and what closes behind it, or an opening bracket; stops where the next value must begin.
  private mutating func takeValueOrOpening() -> Bool {
    skipSpace()
    switch next {
    case 0x7B:
      index += 1
      open.append(0x7D)
      skipSpace()
      return next == 0x7D ? takeClosings() : takeName()
    case 0x5B:
      index += 1
      open.append(0x5D)
      skipSpace()
      return next == 0x5D ? takeClosings() : true
    case 0x22: return takeString() && takeClosings()
    case 0x74: return take("true") && takeClosings()
    case 0x66: return take("false") && takeClosings()
    case 0x6E: return take("null") && takeClosings()
    default: return takeNumber() && takeClosings()
    }
  }

  /// After a value: closing brackets, then a comma if something is still open.
  private mutating func takeClosings() -> Bool {
    while let closing = open.last {
      skipSpace()
      if next == closing {
        index += 1
        open.removeLast()
      } else {
        guard take(",") else { return false }
        return closing == 0x7D ? takeName() : true
      }
    }
    return true
  }

  private mutating func takeName() -> Bool {
    skipSpace()
    guard takeString() else { return false }
    skipSpace()
    return take(":")
  }

  private mutating func takeString() -> Bool {
    guard take("\"") else { return false }
    while let byte = next {
      if byte < 0x20 { return false }
      if byte == 0x5C, !takeEscape() { return false }
      if byte != 0x5C { index += 1 }
      if byte == 0x22 { return true }
    }
    return false
  }

  private mutating func takeEscape() -> Bool {
    let start = index
    index += 1
    switch next {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
      index += 1
      return true
    case 0x75:
      let digits = bytes[min(index + 1, bytes.count)..<min(index + 5, bytes.count)]
      if digits.count == 4, digits.allSatisfy(Self.isHexadecimal) {
        index += 5
        return true
      }
      index = start
      return false
    default:
      index = start
      return false
    }
  }

  private mutating func takeNumber() -> Bool {
    if next == 0x2D { index += 1 }
    if next == 0x30 { index += 1 } else { guard takeDigits() else { return false } }
    if next == 0x2E {
      index += 1
      guard takeDigits() else { return false }
    }
    if next == 0x65 || next == 0x45 {
      index += 1
      if next == 0x2B || next == 0x2D { index += 1 }
      guard takeDigits() else { return false }
    }
    return true
  }

  private mutating func takeDigits() -> Bool {
    let start = index
    while let byte = next, byte >= 0x30, byte <= 0x39 { index += 1 }
    return index > start
  }

  private mutating func take(_ text: StaticString) -> Bool {
    for offset in 0..<text.utf8CodeUnitCount {
      guard next == text.utf8Start[offset] else { return false }
      index += 1
    }
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
