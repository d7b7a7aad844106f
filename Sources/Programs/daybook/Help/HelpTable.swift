/// Two columns for a terminal: names, and what they mean, wrapped.
enum HelpTable {
  /// No line of help is longer.
  static let width = 100
  /// A name that is longer stands on a line of its own.
  private static let nameLimit = 32

  /// A line or more for each row, indented by two.
  static func text(_ rows: [(String, String)]) -> String {
    let column = min(nameLimit, rows.map(\.0.count).max() ?? 0) + 2
    let indent = String(repeating: " ", count: column + 2)
    return rows.map { name, meaning in
      let lines = wrap(meaning, width: width - column - 2)
      let fits = name.count + 2 <= column
      let first = "  " + name + (fits ? String(repeating: " ", count: column - name.count) : "\n" + indent)
      return first + lines.joined(separator: "\n" + indent) + "\n"
    }.joined()
  }

  private static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty && line.count + word.count + 1 > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines
  }
}
