import Foundation

/// A response as `curl -i` prints it, or as a document shows it.
struct ResponseText {
  let statusLine: String
  let headers: [(name: String, value: String)]
  let body: String

  init(_ text: String) {
    var rest = text.replacingOccurrences(of: "\r\n", with: "\n")
    // What a server says before its answer, `100 Continue`, is none.
    while rest.hasPrefix("HTTP/1.1 1"), let end = rest.range(of: "\n\n") { rest = String(rest[end.upperBound...]) }
    let end = rest.range(of: "\n\n")
    let head = rest[..<(end?.lowerBound ?? rest.endIndex)].split(separator: "\n")
    statusLine = String(head.first ?? "")
    headers = head.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
    }
    body = end.map { String(rest[$0.upperBound...]) } ?? ""
  }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// How `actual` differs from this one, as a document shows it: its status line, every header shown, its body.
  func differences(from actual: ResponseText) -> [String] {
    var differences: [String] = []
    func compare(_ what: String, _ shown: String, _ value: String, isJSON: Bool = false) {
      if let text = AnswerPattern(shown, isJSON: isJSON).difference(from: value) {
        differences.append("\(what):\n\(text)")
      }
    }
    compare("status line", statusLine, actual.statusLine)
    for (name, value) in headers {
      guard let other = actual.header(name) else {
        differences.append("header \(name) is not in the answer: \(actual.headers.map(\.name))")
        continue
      }
      compare("header \(name)", value, other)
    }
    compare("body", body, actual.body, isJSON: actual.header("Content-Type")?.contains("json") == true)
    return differences
  }
}
