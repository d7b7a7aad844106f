/// Text for man(7) pages, in ASCII whatever it says.
struct Roff {
  private(set) var text = ""

  /// A line that begins with a macro: `request(".SH", "NAME")`.
  mutating func request(_ macro: String, _ arguments: String...) {
    text += macro + arguments.map { " \"\(Self.escaped($0))\"" }.joined() + "\n"
  }

  /// A line of text that is formatted already.
  mutating func line(_ formatted: String) {
    let first = formatted.first
    text += (first == "." || first == "'" ? "\\&" : "") + formatted + "\n"
  }

  /// Prose: lines that stand deeper than the first are shown as they are, blank ones part paragraphs.
  mutating func prose(_ prose: String) {
    let lines = prose.split(separator: "\n", omittingEmptySubsequences: false)
    let margin = lines.filter { !$0.isEmpty }.map(Self.indent).min() ?? 0
    var isLiteral = false
    for line in lines {
      let deeper = !line.isEmpty && Self.indent(line) > margin
      if line.isEmpty {
        if !isLiteral { request(".PP") }
        continue
      }
      if deeper != isLiteral {
        for macro in deeper ? [".PP", ".nf"] : [".fi", ".PP"] { request(macro) }
        isLiteral = deeper
      }
      self.line(Self.escaped(String(line.dropFirst(margin))))
    }
    if isLiteral { request(".fi") }
  }

  /// Lines as they are, indented.
  mutating func literal(_ lines: String) {
    for macro in [".PP", ".RS", ".nf"] { request(macro) }
    for line in lines.split(separator: "\n") { self.line(Self.escaped(String(line))) }
    for macro in [".fi", ".RE"] { request(macro) }
  }

  static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }
  static func italic(_ text: String) -> String { "\\fI\(escaped(text))\\fR" }

  /// A minus is a minus and not a hyphen, so that a flag can be copied from a page.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "\"": result += "\\(dq"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
      }
    }
    return result
  }

  private static func indent(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
}
