import Foundation

/// A text in which `…` stands for what differs from run to run.
///
/// On a line of its own `…` stands for any number of lines, elsewhere for anything within the line, in a JSON string for
/// anything within the string. JSON is compared without the white space between its parts, so that a document may break
/// it into lines.
struct AnswerPattern {
  private let units: [String]
  private let shown: [Character]
  private let isJSON: Bool

  init(_ text: String, isJSON: Bool) {
    self.isJSON = isJSON
    shown = Array(isJSON ? Self.compact(text) : Self.trimmed(text))
    units = Self.units(shown, isJSON: isJSON)
  }

  /// Nil when `text` is as the pattern says, else where it differs.
  func difference(from text: String) -> String? {
    let actual = isJSON ? Self.compact(text) : Self.trimmed(text)
    if Self.match(units[...], actual, whole: true) != nil { return nil }
    var (good, bad) = (0, units.count + 1)
    while bad - good > 1 {
      let middle = (good + bad) / 2
      if Self.match(units[..<middle], actual, whole: false) != nil { good = middle } else { bad = middle }
    }
    let end = Self.match(units[..<good], actual, whole: false) ?? 0
    let rest = String(decoding: Array(actual.utf16)[end...], as: UTF16.self)
    return """
      written: \(String(shown))
      got:     \(actual)
      they part where there is written: \(Self.excerpt(String(shown[good...])))
                          and there is: \(Self.excerpt(rest))
      """
  }

  private static func excerpt(_ text: String) -> String { text.isEmpty ? "(nothing more)" : String(text.prefix(120)) }

  /// Where the match ends, in UTF-16 units.
  private static func match(_ units: ArraySlice<String>, _ text: String, whole: Bool) -> Int? {
    let pattern = "\\A" + units.joined() + (whole ? "\\z" : "")
    let expression = try? NSRegularExpression(pattern: pattern)
    let range = NSRange(location: 0, length: text.utf16.count)
    return expression?.firstMatch(in: text, range: range).map { NSMaxRange($0.range) }
  }

  /// A regular expression for each character.
  private static func units(_ characters: [Character], isJSON: Bool) -> [String] {
    var inString = false
    var isEscaped = false
    return characters.indices.map { index in
      let character = characters[index]
      if character == "…" {
        if inString { return "[^\"]*?" }
        return !isJSON && isAlone(index, characters) ? "[\\s\\S]*?" : "[^\\n]*?"
      }
      if isJSON {
        if character == "\"", !isEscaped { inString.toggle() }
        isEscaped = inString && character == "\\" && !isEscaped
      }
      return NSRegularExpression.escapedPattern(for: String(character))
    }
  }

  private static func isAlone(_ index: Int, _ characters: [Character]) -> Bool {
    (index == 0 || characters[index - 1] == "\n") && (index + 1 == characters.count || characters[index + 1] == "\n")
  }

  /// Without white space outside of strings.
  static func compact(_ text: String) -> String {
    var inString = false
    var isEscaped = false
    return String(
      text.filter { character in
        if !inString, character.isWhitespace { return false }
        if character == "\"", !isEscaped { inString.toggle() }
        isEscaped = inString && character == "\\" && !isEscaped
        return true
      })
  }

  /// Without white space at the ends of lines and of the whole.
  private static func trimmed(_ text: String) -> String {
    text.replacingOccurrences(of: "\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
      .trimmingCharacters(in: .newlines)
  }
}
