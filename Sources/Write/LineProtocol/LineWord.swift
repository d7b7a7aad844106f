/// The words of a line that are no numbers.
enum LineWord {
  /// Bytes of a bad line that an error shows.
  static let excerptLimit = 120

  /// Moves behind the closing quote of the text that starts at `at`; false without one.
  static func skipText(_ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Bool {
    var place = at + 1
    while place < end {
      switch place.pointee {
      case 0x22:
        at = place + 1
        return true
      case 0x5C where place + 1 < end: place += 2
      default: place += 1
      }
    }
    return false
  }

  static func boolean(_ word: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard word.count <= 5 else { return nil }
    return switch String(decoding: word, as: UTF8.self) {
    case "t", "T", "true", "True", "TRUE": true
    case "f", "F", "false", "False", "FALSE": false
    default: nil
    }
  }

  /// Says "number" of what looks like one (`NaN`, `+Inf`, `+1`), "boolean" of what looks like a boolean.
  static func faultOfUnknown(_ word: UnsafeBufferPointer<UInt8>) -> LineFault {
    guard let first = word.first else { return .missingFieldValue }
    return first | 0x20 == 0x74 || first | 0x20 == 0x66 ? .invalidBoolean : .invalidNumber
  }

  /// The line's start as text; what is cut off is shown as `…`, what is not UTF-8 as U+FFFD.
  static func excerpt(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> String {
    let whole = UnsafeBufferPointer(start: start, count: end - start)
    guard whole.count > excerptLimit else { return String(decoding: whole, as: UTF8.self) }
    var cut = excerptLimit
    while cut > excerptLimit - 4, whole[cut] & 0xC0 == 0x80 { cut -= 1 }
    return String(decoding: whole[..<cut], as: UTF8.self) + "…"
  }
}
