import Access
import HTTPServer
import Runtime
import Testing

/// Requests that web pages of others could make, and those that only look like them.
@Suite struct SiteRulesTests {
  private let gate = AccessGate(tokens: nil, hostNames: ["Metrics.Example.org."], metrics: MetricsRegistry())

  /// nil where it is let in.
  private func code(_ change: (inout AccessRequest) -> Void) -> String? {
    var request = AccessRequest()
    request.hosts = ["127.0.0.1:8080"]
    change(&request)
    do throws(AccessRefusal) {
      _ = try gate.admit(request, TestPolicy())
      return nil
    } catch {
      return "\(error.status) \(error.code)"
    }
  }

  @Test(arguments: [
    "localhost", "LOCALHOST:8080", "localhost.", "127.0.0.1", "127.0.0.1:1", "192.168.1.5:8080", "[::1]", "[::1]:8080",
    "[2001:db8::1]:443", "metrics.example.org", "Metrics.Example.ORG:8080", "metrics.example.org.",
  ])
  func ourOwnNamesAndAddressesAreHosts(host: String) {
    #expect(code { $0.hosts = [host] } == nil)
  }

  @Test(arguments: [
    "evil.example", "evil.example:8080", "localhost.evil.example", "metrics.example.org.evil.example",
    "127.0.0.1.nip.io",
    "example.org", "a.localhost", "127.1", "0x7f000001", "2130706433", "127.0.0.1..", "xn--lcalhost-54a",
  ])
  func aNameThatSomebodyElsesDNSMayPointHereIsMisdirected(host: String) {
    #expect(code { $0.hosts = [host] } == "421 foreign-host")
  }

  @Test(arguments: [
    "", ":8080", "user@127.0.0.1", "127.0.0.1:port", "127.0.0.1:123456", "127.0.0.1:80:80", "[::1", "[::1]x", "[evil]",
    "[fe80::1%25eth0]", "a b", "127.0.0.1/", "lokalh\u{F6}st", "::1",
  ])
  func whatIsNoHostIsRefused(host: String) {
    #expect(code { $0.hosts = [host] } == "400 invalid-host")
  }

  @Test func thereIsOneHostHeader() {
    #expect(code { $0.hosts = [] } == "400 invalid-host")
    #expect(code { $0.hosts = ["127.0.0.1", "127.0.0.1"] } == "400 invalid-host")
    #expect(code { $0.hosts = ["127.0.0.1", "evil.example"] } == "400 invalid-host")
    #expect(
      code {
        $0.hosts = []
        $0.isVersion10 = true
      } == nil)
    #expect(
      code {
        $0.hosts = ["evil.example"]
        $0.isVersion10 = true
      } == "421 foreign-host")
  }

  @Test func theHostOfAnAbsoluteTargetCountsToo() {
    #expect(code { $0.authority = "evil.example" } == "421 foreign-host")
    #expect(code { $0.authority = "localhost:8080" } == nil)
    #expect(
      code {
        $0.authority = "localhost:8080"
        $0.hosts = ["evil.example"]
      } == "421 foreign-host")
  }

  @Test(arguments: [
    ("http://127.0.0.1:8080", "127.0.0.1:8080", false), ("HTTP://LocalHost:8080", "localhost:8080", false),
    ("http://localhost", "localhost", false), ("http://localhost", "localhost:80", false),
    ("https://metrics.example.org", "metrics.example.org:443", true), ("https://[::1]:8443", "[::1]:8443", true),
  ])
  func aPageOfOursMayAsk(origin: String, host: String, isEncrypted: Bool) {
    #expect(
      code {
        $0.origins = [origin]
        $0.hosts = [host]
        $0.isEncrypted = isEncrypted
      } == nil)
  }

  @Test(arguments: [
    ("null", "127.0.0.1:8080", false), ("", "127.0.0.1:8080", false), ("http://evil.example", "127.0.0.1:8080", false),
    ("http://127.0.0.1:3000", "127.0.0.1:8080", false), ("http://127.0.0.1", "127.0.0.1:8080", false),
    ("https://127.0.0.1:8080", "127.0.0.1:8080", false), ("http://127.0.0.1:8080", "127.0.0.1:8080", true),
    ("http://localhost:8080", "127.0.0.1:8080", false), ("http://127.0.0.1:80801", "127.0.0.1:8080", false),
    ("http://127.0.0.1:8080.evil.example", "127.0.0.1:8080", false),
    ("http://127.0.0.1:8080/", "127.0.0.1:8080", false),
    ("file://", "127.0.0.1:8080", false), ("http://localhost:443", "localhost:443", true),
    ("http://127.0.0.1:8080 http://evil.example", "127.0.0.1:8080", false),
  ])
  func aPageOfAnotherOriginMayNot(origin: String, host: String, isEncrypted: Bool) {
    #expect(
      code {
        $0.origins = [origin]
        $0.hosts = [host]
        $0.isEncrypted = isEncrypted
      } == "403 foreign-origin")
  }

  @Test func twoOriginsAreNone() {
    #expect(code { $0.origins = ["http://127.0.0.1:8080", "http://127.0.0.1:8080"] } == "403 foreign-origin")
  }

  @Test(arguments: [
    ("cross-site", "no-cors", "image", "GET", false), ("same-site", "no-cors", "script", "GET", false),
    ("cross-site", "cors", "empty", "GET", false), ("cross-site", "navigate", "iframe", "GET", false),
    ("cross-site", "navigate", "document", "POST", false), ("something-new", "no-cors", "empty", "GET", false),
    ("cross-site", "navigate", "document", "GET", true), ("same-origin", "cors", "empty", "POST", true),
    ("none", "navigate", "document", "GET", true),
  ])
  func whatBrowsersSayOfThePageCounts(site: String, mode: String, destination: String, method: String, isLetIn: Bool) {
    let code = code {
      $0.method = method
      $0.fetchSite = site
      $0.fetchMode = mode
      $0.fetchDestination = destination
    }
    #expect(code == (isLetIn ? nil : "403 foreign-origin"))
  }

  @Test func probesAreNoExceptionAndTokensComeLast() throws {
    #expect(
      code {
        $0.path = "/open"
        $0.hosts = ["evil.example"]
      } == "421 foreign-host")
    #expect(
      code {
        $0.path = "/open"
        $0.origins = ["null"]
      } == "403 foreign-origin")
  }

  @Test(arguments: ["http://a", "a:80", "", "a b", "ä", "[::", String(repeating: "a", count: 254)])
  func whatCannotBeAHostNameIsNoSetting(name: String) {
    #expect(!AccessGate.isHostName(name))
  }
}
