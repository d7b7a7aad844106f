import HTTPClient
import Runtime
import Testing

struct HTTPEndpointTests {
  @Test(arguments: [
    ("http://127.0.0.1:8080", false, "127.0.0.1", UInt16(8080), "", "http://127.0.0.1:8080"),
    ("https://metrics.example.org", true, "metrics.example.org", 443, "", "https://metrics.example.org:443"),
    ("HTTP://localhost/", false, "localhost", 80, "", "http://localhost:80"),
    ("https://[::1]:8443/daybook/", true, "::1", 8443, "/daybook", "https://[::1]:8443/daybook"),
    ("http://[::1]", false, "::1", 80, "", "http://[::1]:80"),
  ])
  func aURLIsTakenApart(
    url: String, isSecure: Bool, host: String, port: UInt16, basePath: String, text: String
  ) throws {
    let endpoint = try HTTPEndpoint(url: url)
    #expect(endpoint.isSecure == isSecure)
    #expect(endpoint.address == ListenAddress(host: host, port: port))
    #expect(endpoint.basePath == basePath)
    #expect(endpoint.description == text)
  }

  @Test(arguments: [
    "127.0.0.1:8080", "ftp://host", "http://", "http://host:port", "http://host:70000", "http://host/?a=b",
    "http://host/#a", "http://ho st/", "http://host/a b", "http://a:1\r\nX: y/",
  ])
  func whatIsNoURLOfAServiceIsRefused(url: String) {
    #expect(throws: UsageError.self) { try HTTPEndpoint(url: url) }
  }

  @Test func aURLWithASecretIsRefusedWithoutShowingIt() {
    let error = #expect(throws: UsageError.self) { try HTTPEndpoint(url: "http://me:hunter2@host:8080") }
    #expect(error?.description.contains("hunter2") == false)
    #expect(error?.description.contains("DAYBOOK_TOKEN") == true)
  }
}
