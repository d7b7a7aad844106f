import HTTPClient
import JSON

/// What the service's answers say.
enum ServiceAnswer {
  /// One bad part of a body.
  struct Part {
    let index: Int?
    let line: Int?
    let code: String
    let detail: String
  }

  /// The most characters of an answer that an error shows.
  private static let excerptLimit = 500

  /// What it says is wrong, for people.
  static func detail(_ answer: HTTPClientResponse) -> String {
    let parser = JSONParser()
    if let document = try? parser.parse(answer.body) {
      defer { withExtendedLifetime(document) {} }
      for member in ["detail", "error", "message"] {
        if let text = document.root[member]?.string { return String(text.prefix(excerptLimit)) }
      }
    }
    let text = answer.text.prefix(excerptLimit).split(whereSeparator: \.isNewline).joined(separator: " ")
    return text.isEmpty ? "(no text)" : text
  }

  /// The native API's stable word; nil elsewhere.
  static func code(_ answer: HTTPClientResponse) -> String? {
    let parser = JSONParser()
    guard let document = try? parser.parse(answer.body) else { return nil }
    defer { withExtendedLifetime(document) {} }
    return document.root["code"]?.string
  }

  /// The bad parts that it names, and how many there are.
  static func parts(_ answer: HTTPClientResponse) -> (named: [Part], total: Int) {
    let parser = JSONParser()
    guard let document = try? parser.parse(answer.body), let list = document.root["errors"]?.elements else {
      return ([], 0)
    }
    defer { withExtendedLifetime(document) {} }
    let named = list.map {
      Part(
        index: $0["index"]?.int64.map { Int(clamping: $0) }, line: $0["line"]?.int64.map { Int(clamping: $0) },
        code: $0["code"]?.string ?? "rejected", detail: $0["detail"]?.string ?? "")
    }
    let total = document.root["rejected"]?.int64.map { Int(clamping: $0) } ?? named.count
    return (named, max(total, named.count))
  }

  /// How many samples of the request are stored; nil where it was refused as a whole.
  static func accepted(_ answer: HTTPClientResponse) -> Int? {
    answer.header("daybook-accepted").flatMap { Int($0) }
  }
}
