/// What is being done, for the text of an error: put together only when there is one, because every statement has one.
struct PostgresAction: ExpressibleByStringLiteral {
  private let verb: StaticString
  private let subject: String
  private let isSQL: Bool

  init(stringLiteral verb: StaticString) {
    self.verb = verb
    subject = ""
    isSQL = false
  }

  /// `verb` with the name of something.
  init(_ verb: StaticString, _ name: String) {
    self.verb = verb
    subject = name
    isSQL = false
  }

  /// `verb` with the beginning of a statement's text.
  init(_ verb: StaticString, sql: String) {
    self.verb = verb
    subject = sql
    isSQL = true
  }

  var text: String {
    if subject.isEmpty { return "\(verb)" }
    return "\(verb) \(isSQL ? Self.short(subject) : subject)"
  }

  /// The first words of a statement: enough to find it in the source. What stands in quotes is data and is left out.
  private static func short(_ sql: String) -> String {
    var text = ""
    for (index, part) in sql.split(separator: "'", maxSplits: 20, omittingEmptySubsequences: false).enumerated() {
      text += index % 2 == 0 ? String(part) : "'…'"
    }
    let words = text.split(maxSplits: 12, omittingEmptySubsequences: true, whereSeparator: \.isWhitespace).prefix(12)
    return "\"\(String(words.joined(separator: " ").prefix(100)))\""
  }
}
