import Glibc
import HTTPServer
import Runtime
import TestSupport
import Testing

@Suite struct ListenTests {
  @Test func aPortInUseIsAnErrorThatSaysSo() throws {
    let server = try TestServer { $0.respond(HTTPResponse(status: 204)) }
    let error = #expect(throws: HTTPServerError.self) {
      try TestServer {
        $0.port = server.port
      } handler: {
        $0.respond(HTTPResponse(status: 204))
      }
    }
    let text = try #require(error).description
    #expect(text.hasPrefix("cannot listen on 127.0.0.1:\(server.port): address already in use; "))
  }

  @Test func aNameThatIsNoAddressIsAnError() throws {
    let error = #expect(throws: HTTPServerError.self) {
      try TestServer {
        $0.host = "example.org"
      } handler: {
        $0.respond(HTTPResponse(status: 204))
      }
    }
    #expect(try #require(error).description.hasPrefix("cannot listen on example.org:0: "))
  }

  @Test func listensOnIPv6Literals() throws {
    for host in ["::1", "[::1]"] {
      let server = try TestServer {
        $0.host = host
      } handler: {
        $0.respond(.text(200, "six"))
      }
      #expect(try TestClient(port: server.port, family: AF_INET6).get("/").text == "six")
    }
  }

  @Test func theLimitOfDescriptorsIsRaisedToWhatTheConnectionsNeed() throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    try #require(limit.rlim_max >= 4_500, "the hard limit of descriptors is too low for this test")
    // Still enough for the tests that run beside this one.
    limit.rlim_cur = 4_100
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let server = try TestServer {
      $0.connectionLimit = 4_200
    } handler: {
      $0.respond(HTTPResponse(status: 204))
    }
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #expect(limit.rlim_cur >= 4_456)
    #expect(try TestClient(port: server.port).get("/").status == 204)
  }

  @Test func metricsTellWhatTheServerDid() throws {
    let metrics = MetricsRegistry()
    let server = try TestServer({ $0.routeName = { $0 == "/" ? "/" : nil } }, metrics: metrics) {
      $0.respond(HTTPResponse(status: $0.path == "/" ? 204 : 418))
    }
    let client = try TestClient(port: server.port)
    #expect(try client.get("/").status == 204)
    #expect(try client.get("/teapot").status == 418)
    let text = metrics.exposition()
    for line in [
      "daybook_http_requests_total{route=\"/\",status=\"204\"} 1\n",
      "daybook_http_requests_total{route=\"other\",status=\"418\"} 1\n",
      "daybook_http_request_duration_seconds_count{route=\"/\"} 1\n",
      "daybook_http_connections_total 1\n", "daybook_http_open_connections 1\n",
      "daybook_http_in_flight_body_bytes 0\n",
      "daybook_http_refused_total{reason=\"overloaded\"} 0\n",
    ] {
      #expect(text.contains(line), "\(line)")
    }
  }
}
