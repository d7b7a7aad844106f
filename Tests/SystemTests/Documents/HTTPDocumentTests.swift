import Foundation
import Testing

/// docs/HTTP.md is true: its examples answer as written, and its codes are those that the services know.
struct HTTPDocumentTests {
  /// Headers of every answer, of which the document says nothing more than that.
  private static let ordinaryHeaders: Set<String> = ["date", "content-length", "connection"]

  private static func document() throws -> String {
    try String(contentsOf: RepositoryFile.url("docs/HTTP.md"), encoding: .utf8)
  }

  @Test func everyExampleAnswersAsWritten() throws {
    let sandbox = try DocumentSandbox()
    defer { sandbox.stop() }
    try sandbox.addCommand("daybook", script: "#!/bin/sh\nexec '\(try RunningDaybook.executablePath())' \"$@\"\n")
    let document = try Self.document()
    let examples = MarkdownExample.all(in: document)
    #expect(examples.count > 50)
    var headers: Set<String> = []
    for example in examples {
      if DocumentSandbox.isStart(example.script) {
        try sandbox.start(example.script)
        continue
      }
      if example.script.contains("http://127.0.0.1:8081/v1/") { try? sandbox.waitUntilRead() }
      let result = try sandbox.run(example.script)
      let differences = example.differences(result, sandbox)
      if !differences.isEmpty {
        Issue.record("docs/HTTP.md:\(example.line): \(example.script)\n\(differences.joined(separator: "\n"))")
      }
      if example.answer?.form == .response {
        headers.formUnion(ResponseText(result.output).headers.map { $0.name.lowercased() })
      }
    }
    for header in headers.subtracting(Self.ordinaryHeaders).sorted() {
      #expect(document.lowercased().contains("\n\(header): "), "no example shows the header \(header)")
    }
  }

  /// The errors that no request by itself brings about, and the tests that do.
  private static let shownElsewhere = [
    "answer-too-large": "anAnswerBeyondItsLimitIsRefused",
    "internal-error": "eachErrorHasItsStatus",
    "no-read-model": "withoutAReadModelQueriesSaySo",
    "other-generation": "aCursorOfAnotherStoreIsNamedAsSuch",
    "overloaded": "overloadAndUnavailabilityAre503WithRetryAfterInTheShapeOfTheProtocol",
    "position-not-reached": "aPositionThatDoesNotComeIs504WithHowFarItIs",
    "rejected": "whatTheStoreRefusesIs422",
    "stopping": "whatIsNotAnsweredInTimeIsAnsweredByTheServer",
    "time-limit": "aQueryThatTakesTooLongIsStopped",
    "unavailable": "withoutPostgresQueriesAre503",
  ]

  /// Codes of refusals that are answered in InfluxDB's words only, which have no code.
  private static let neverSaid: Set<String> = [
    "invalid-precision", "partial-write", "series-not-canonical", "unsupported-query",
  ]

  @Test func everyCodeOfTheTablesHasAnExampleOrATestElsewhere() throws {
    let document = try Self.document()
    let examples = AnswerPattern.compact(
      MarkdownExample.all(in: document).compactMap(\.answer?.text).joined(separator: "\n"))
    let tests = try RepositoryFile.swiftFiles("Tests").map(\.text).joined()
    let codes = Self.codes(ofTablesIn: document)
    #expect(codes.count > 40)
    for code in codes.sorted() {
      if let test = Self.shownElsewhere[code] {
        let isThere = tests.contains("func \(test)(")
        #expect(isThere, "there is no test \(test), which is said to show \(code)")
      } else {
        let isShown = examples.contains("\"code\":\"\(code)\"")
        #expect(isShown, "no example shows \(code)")
      }
    }
    let unused = Self.shownElsewhere.keys.filter { !codes.contains($0) }
    #expect(unused.isEmpty, "these stand in no table")
  }

  @Test func theTablesHaveEveryCodeThatTheServicesKnow() throws {
    let documented = Self.codes(ofTablesIn: try Self.document()).union(Self.neverSaid)
    for (path, pattern, least) in Self.sources {
      let text = try RepositoryFile.swiftFiles(path).map(\.text).joined()
      let codes = text.matches(of: try Regex(pattern, as: (Substring, Substring).self)).map { String($0.output.1) }
      #expect(codes.count >= least, "\(path): has the way that codes are written changed?")
      let missing = Set(codes).subtracting(documented).sorted()
      #expect(missing.isEmpty, "codes of \(path) stand in no table of docs/HTTP.md")
    }
  }

  /// Where codes are written in the sources, and the fewest that must be found there.
  private static let sources: [(path: String, pattern: String, least: Int)] = [
    ("Sources/Write/CommandAPI", #"RequestFault\(\s*[0-9]{3}, "([a-z0-9-]+)""#, 15),
    ("Sources/Write/SamplesJSON", #"SampleFault\(\s*"([a-z0-9-]+)""#, 10),
    ("Sources/Write/DescriptionJSON", #"DescriptionFault\(\s*"[^"]*", "([a-z0-9-]+)""#, 3),
    ("Sources/Contracts/Events", #"case \.[A-Za-z]+: "([a-z]+-[a-z0-9-]+)"\n"#, 10),
    ("Sources/Platform/Access", #"[0-9]{3}, "([a-z]+(?:-[a-z]+)*)""#, 5),
    ("Sources/Write/LineProtocol", #"case \.[A-Za-z]+: "([a-z0-9]+-[a-z0-9-]+)"\n"#, 15),
    ("Sources/Query/Queries", #"case [A-Za-z]+ = "([a-z0-9]+-[a-z0-9-]+|overloaded|unavailable)""#, 20),
  ]

  /// The codes in the columns headed `code` of the document's tables: words in backticks.
  private static func codes(ofTablesIn document: String) -> Set<String> {
    var codes: Set<String> = []
    var column: Int?
    for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        column = nil
        continue
      }
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard let index = column else {
        column = cells.firstIndex(of: "code") ?? -1
        continue
      }
      guard cells.indices.contains(index) else { continue }
      codes.formUnion(cells[index].matches(of: /`([a-z0-9-]+)`/).map { String($0.output.1) })
    }
    return codes
  }
}
