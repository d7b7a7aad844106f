import Foundation

/// docs/OPERATING.md, as tests read it.
enum OperatingGuide {
  static func text() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("docs/OPERATING.md"), encoding: .utf8)
  }

  /// The first fenced block of `language` after a heading.
  static func block(after heading: String, language: String) throws -> String {
    let text = try text()
    guard let start = text.range(of: "\n\(heading)\n"),
      let open = text.range(of: "\n```\(language)\n", range: start.upperBound..<text.endIndex),
      let close = text.range(of: "\n```\n", range: open.upperBound..<text.endIndex)
    else { throw SystemTestError("docs/OPERATING.md has no \(language) block after '\(heading)'") }
    return String(text[open.upperBound..<close.lowerBound]) + "\n"
  }

  /// The text of a section, up to the next heading of its level or above.
  static func section(_ heading: String) throws -> String {
    let level = heading.prefix { $0 == "#" }.count
    var lines: [Substring] = []
    var isInside = false
    for line in try text().split(separator: "\n", omittingEmptySubsequences: false) {
      if line == heading {
        isInside = true
      } else if isInside, line.hasPrefix("#"), line.prefix(while: { $0 == "#" }).count <= level {
        break
      } else if isInside {
        lines.append(line)
      }
    }
    guard isInside else { throw SystemTestError("docs/OPERATING.md has no section '\(heading)'") }
    return lines.joined(separator: "\n")
  }
}
