/// One part of an `Accept` header: `text/csv`, `text/*`, `*/*;q=0.5`.
struct MediaRange: Equatable {
  /// In lower case, without parameters.
  let type: String
  let subtype: String
  /// Thousandths; 0: not wanted.
  let quality: Int

  /// The ranges of a header, in their order; what is none is left out.
  static func list(_ header: String) -> [MediaRange] {
    split(header.utf8[...], at: 0x2C).compactMap { MediaRange($0) }
  }

  private init?(_ text: Substring.UTF8View) {
    let parts = Self.split(text, at: 0x3B)
    guard let first = parts.first else { return nil }
    let names = Self.trimmed(first).lowercased().split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty, names[0] != "*" || names[1] == "*" else { return nil }
    guard let quality = Self.quality(parts.dropFirst()) else { return nil }
    (type, subtype, self.quality) = (String(names[0]), String(names[1]), quality)
  }

  /// 0 for `*/*`, 1 for `text/*`, 2 for `text/csv`.
  var exactness: Int { type == "*" ? 0 : subtype == "*" ? 1 : 2 }

  func matches(_ mediaType: String) -> Bool {
    switch exactness {
    case 0: true
    case 1: mediaType.hasPrefix("\(type)/")
    default: mediaType == "\(type)/\(subtype)"
    }
  }

  /// Of `q=0.8` among parameters; nil when that is no quality.
  private static func quality(_ parameters: ArraySlice<Substring.UTF8View>) -> Int? {
    for parameter in parameters {
      let text = trimmed(parameter)
      guard text.utf8.count >= 2, text.lowercased().hasPrefix("q=") else { continue }
      return quality(Array(text.utf8.dropFirst(2)))
    }
    return 1_000
  }

  /// `0`, `1`, and either with up to three decimals, as thousandths, at most 1,000.
  private static func quality(_ text: [UInt8]) -> Int? {
    guard let first = text.first, first == 0x30 || first == 0x31, text.count <= 5 else { return nil }
    guard text.count > 1 else { return first == 0x31 ? 1_000 : 0 }
    guard text[1] == 0x2E, text.dropFirst(2).allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    var thousandths = 0
    for place in 0..<3 {
      thousandths = thousandths * 10 + (place + 2 < text.count ? Int(text[place + 2] - 0x30) : 0)
    }
    if first == 0x31 { return thousandths == 0 ? 1_000 : nil }
    return thousandths
  }

  /// Splits at a byte that is not within quotes.
  private static func split(_ text: Substring.UTF8View, at separator: UInt8) -> [Substring.UTF8View] {
    var isQuoted = false
    var isEscaped = false
    return text.split(omittingEmptySubsequences: true) { byte in
      if isEscaped {
        isEscaped = false
      } else if byte == 0x22 {
        isQuoted.toggle()
      } else if byte == 0x5C {
        isEscaped = isQuoted
      }
      return byte == separator && !isQuoted
    }
  }

  private static func trimmed(_ text: Substring.UTF8View) -> String {
    let start = text.drop { $0 == 0x20 || $0 == 0x09 }
    let end = start.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { start.index(after: $0) } ?? start.startIndex
    return String(Substring(start[..<end]))
  }
}
