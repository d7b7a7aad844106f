/// The header `traceparent` of W3C Trace Context: goes into the events' metadata as sent.
enum TraceParent {
  /// Nil when it is not valid: then the whole header is ignored, as the specification wants. A version above 00 may have
  /// more fields, which are kept as long as they are short.
  static func valid(_ header: String?) -> String? {
    guard let header else { return nil }
    let bytes = Array(header.utf8)
    guard bytes.count >= 55, bytes.count <= 256, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D else {
      return nil
    }
    let fields = [bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55]]
    guard fields.allSatisfy({ $0.allSatisfy(isLowerHex) }) else { return nil }
    guard fields[1].contains(where: { $0 != 0x30 }), fields[2].contains(where: { $0 != 0x30 }) else { return nil }
    switch (bytes[0], bytes[1]) {
    case (0x66, 0x66): return nil
    case (0x30, 0x30): return bytes.count == 55 ? header : nil
    default: return bytes.count == 55 || bytes[55] == 0x2D ? header : nil
    }
  }

  private static func isLowerHex(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x66
  }
}
