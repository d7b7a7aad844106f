import Access
import HTTPServer
import Runtime
import TestSupport
import Testing

/// Who is let in where there are tokens.
@Suite struct TokenAccessTests {
  private let folder = TemporaryFolder()
  private let gate: AccessGate
  private let reader: String
  private let writer: String
  private let both: String

  init() throws {
    let file = TokenFile("\(folder.path)/tokens")
    reader = try file.add("reader", [.read])
    writer = try file.add("writer", [.write])
    both = try file.add("both", [.read, .write])
    let store = try TokenStore(file, logger: Logger(program: "test", level: .error))
    gate = AccessGate(tokens: store, hostNames: [], metrics: MetricsRegistry())
  }

  private func request(_ path: String, _ authorizations: [String] = [], query: String = "") -> AccessRequest {
    var request = AccessRequest()
    request.path = path
    request.query = query
    request.hosts = ["127.0.0.1"]
    request.authorizations = authorizations
    return request
  }

  /// The identity, or status and code.
  private func outcome(_ request: AccessRequest) -> String {
    do throws(AccessRefusal) {
      return try gate.admit(request, TestPolicy()) ?? "nobody"
    } catch {
      return "\(error.status) \(error.code)"
    }
  }

  @Test func eachScopeOpensItsOwnDoorsOnly() {
    func table(_ secret: String) -> [String] {
      ["/open", "/any", "/read", "/write"].map { outcome(request($0, ["Bearer \(secret)"])) }
    }
    #expect(table(reader) == ["nobody", "reader", "reader", "403 forbidden"])
    #expect(table(writer) == ["nobody", "writer", "403 forbidden", "writer"])
    #expect(table(both) == ["nobody", "both", "both", "both"])
    #expect(table("daybook_x") == ["nobody"] + Array(repeating: "401 unauthorized", count: 3))
  }

  @Test func withoutATokenOnlyWhatIsOpenIsLetIn() {
    #expect(
      ["/open", "/any", "/read", "/write", "/else"].map { outcome(request($0)) }
        == ["nobody"] + Array(repeating: "401 unauthorized", count: 4))
  }

  @Test func everyWayThatClientsSendASecretWorks() {
    let plain = Array("somebody:\(writer)".utf8)
    let basic = TestBase64.encode(plain)
    for header in [
      "Bearer \(writer)", "bearer  \(writer)", "Token \(writer)", "TOKEN \(writer)", "Token user:\(writer)",
      "Token :\(writer)", "Basic \(basic)", "basic \(TestBase64.encode(Array(":\(writer)".utf8)))",
      "Basic \(basic.filter { $0 != "=" })",
    ] {
      #expect(outcome(request("/write", [header])) == "writer", "\(header.split(separator: " ")[0])")
    }
  }

  @Test(arguments: [
    "", "Bearer", "Bearer ", "Digest username=x", "Negotiate abc", "Basic !!!!", "Basic YQ", "Basic YQ==", "Basic A",
    "Token user:", "Bearer " + String(repeating: "x", count: 2_000),
  ])
  func whatCannotBeReadIsNoToken(header: String) {
    #expect(outcome(request("/write", [header])) == "401 unauthorized")
  }

  @Test func twoHeadersAreNotChosenFrom() {
    #expect(outcome(request("/write", ["Bearer \(writer)", "Bearer \(writer)"])) == "401 unauthorized")
  }

  @Test func aSecretInTheQueryCountsWhereTheProtocolHasItAndOnlyThere() {
    #expect(outcome(request("/write", query: "db=x&u=me&p=\(writer)")) == "writer")
    #expect(outcome(request("/write", query: "p=%64" + writer.dropFirst())) == "writer")
    #expect(outcome(request("/write", query: "u=me&p=")) == "401 unauthorized")
    #expect(outcome(request("/read", query: "u=me&p=\(reader)")) == "401 unauthorized")
    // The header comes first.
    #expect(outcome(request("/write", ["Bearer \(reader)"], query: "u=me&p=\(writer)")) == "403 forbidden")
    #expect(outcome(request("/write", ["Bearer wrong"], query: "u=me&p=\(writer)")) == "401 unauthorized")
  }

  @Test func partsAndNeighboursOfASecretAreNotEnough() {
    for wrong in [
      String(writer.dropLast()), writer + "A", writer.uppercased(), String(writer.dropFirst(8)), " ", "*", "writer",
      "\u{0}", writer + ":", ":" + writer,
    ] {
      #expect(outcome(request("/write", ["Bearer \(wrong)"])) == "401 unauthorized")
    }
  }

  @Test func theHashInTheFileIsNoSecret() throws {
    let file = TokenFile("\(folder.path)/tokens")
    for token in try file.read().tokens {
      let hash = try #require(TestText.lines(of: file.path).first { $0.hasPrefix(token.name + " ") })
        .split(separator: " ")[2]
      #expect(outcome(request("/any", ["Bearer \(hash)"])) == "401 unauthorized")
    }
  }

  @Test func refusalsChallengeAsRFC6750SaysAndHoldNoSecret() {
    func headers(_ request: AccessRequest) -> [String] {
      do throws(AccessRefusal) {
        _ = try gate.admit(request, TestPolicy())
        return []
      } catch {
        #expect(!error.detail.contains("wrong"))
        return error.headers.map { "\($0.0): \($0.1)" }
      }
    }
    #expect(headers(request("/any")) == ["WWW-Authenticate: Bearer realm=\"daybook\""])
    #expect(
      headers(request("/any", ["Bearer wrong"]))
        == ["WWW-Authenticate: Bearer realm=\"daybook\", error=\"invalid_token\""])
    #expect(
      headers(request("/else", ["Bearer \(reader)"]))
        == ["WWW-Authenticate: Bearer realm=\"daybook\", error=\"insufficient_scope\", scope=\"write\""])
  }

  @Test func aQueryWithoutItsSecretKeepsTheRest() {
    #expect(AccessCredentials.removed(from: "") == "")
    #expect(AccessCredentials.removed(from: "db=x&u=me&precision=s&p=secret") == "db=x&precision=s")
    #expect(AccessCredentials.removed(from: "%70=secret&p=other&%75=me&pp=1&q=u") == "pp=1&q=u")
    #expect(AccessCredentials.removed(from: "p") == "")
    #expect(AccessCredentials.removed(from: "a=%20b&c=d+e") == "a=%20b&c=d+e")
  }
}
