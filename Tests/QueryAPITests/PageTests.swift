import Events
import HTTPClient
import JSON
import Queries
import QueryAPI
import QueryTestSupport
import TestSupport
import Testing

/// Pages over HTTP: `limit`, `cursor`, `next` and the headers.
@Suite struct PageTests {
  private func withService(_ body: (RunningQueryService, TestStore) throws -> Void) throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let service = try RunningQueryService(store.readStore)
    defer { service.stop() }
    let samples = (0..<3).flatMap { host in
      (0..<4).map { TestSample(TestSeries("c p&u", ["host": "é\(host)", "n\(host)": "1"]), at: $0, Double($0)) }
    }
    try service.waitFor(try store.record(samples))
    try body(service, store)
  }

  /// The bodies of all pages, by the link of each.
  private func follow(
    _ service: RunningQueryService, _ target: String, accept: String, each: (HTTPClientResponse) throws -> Void
  ) throws -> Int {
    var target: String? = target
    var count = 0
    while let here = target {
      let response = try service.get(here, headers: [("Accept", accept)])
      #expect(response.status == 200)
      try each(response)
      count += 1
      target = try Self.link(response)
    }
    return count
  }

  private static func link(_ response: HTTPClientResponse) throws -> String? {
    guard let link = response.header("link") else {
      #expect(response.header("daybook-next") == nil)
      return nil
    }
    let cursor = try #require(response.header("daybook-next"))
    #expect(link.hasPrefix("</v1/") && link.hasSuffix("&cursor=\(cursor)>; rel=\"next\""))
    return String(link.dropFirst().prefix { $0 != ">" })
  }

  @Test func jsonNamesTheNextPageAndTheLastHasNone() throws {
    try withService { service, _ in
      var pages: [String] = []
      let count = try follow(service, "/v1/samples?name=c%20p%26u&limit=5&precision=ns", accept: "application/json") {
        pages.append($0.text)
        if let cursor = $0.header("daybook-next") { #expect($0.text.hasSuffix("],\"next\":\"\(cursor)\"}\n")) }
      }
      #expect(count == 3)
      #expect(pages.last?.hasSuffix("],\"next\":null}\n") == true)
      #expect(pages[0].contains("\"time\":[\"0\",\"1\",\"2\",\"3\"],\"value\":[0,1,2,3]},{\"labels\":{"))
      #expect(pages[0].contains("\"time\":[\"0\"],\"value\":[0]}],\"next\":"))
      for path in ["series", "latest"] {
        #expect(try follow(service, "/v1/\(path)?name=c%20p%26u&limit=2", accept: "*/*") { _ in } == 2)
      }
      #expect(try follow(service, "/v1/metrics?limit=1", accept: "*/*") { _ in } == 1)
      // Without limit an answer is whole and says nothing of pages.
      #expect(try service.get("/v1/metrics").text.contains("next") == false)
    }
  }

  @Test func pagesOfATableCanBeJoined() throws {
    try withService { service, _ in
      var rows: [Substring] = []
      let count = try follow(service, "/v1/samples?name=c%20p%26u&limit=5", accept: "text/csv") {
        let lines = $0.text.split(separator: "\r\n")
        #expect(lines.first == "label.host,label.n0,label.n1,label.n2,time,value")
        rows += lines.dropFirst()
      }
      #expect(count == 3)
      let whole = try service.get("/v1/samples?name=c%20p%26u", headers: [("Accept", "text/csv")]).text
      #expect(rows.sorted() == whole.split(separator: "\r\n").dropFirst().sorted())
      #expect(rows.count == 12)
    }
  }

  @Test func aPageThatCannotBeIsRefused() throws {
    try withService { service, _ in
      let first = try service.get("/v1/samples?name=c%20p%26u&limit=1&from=0")
      let cursor = try #require(first.header("daybook-next"))
      for (target, code, word) in [
        ("/v1/samples?name=x&limit=0", "invalid-parameter", "1000000"),
        ("/v1/samples?name=x&limit=1000001", "invalid-parameter", "1000000"),
        ("/v1/series?name=x&limit=10001", "invalid-parameter", "10000"),
        ("/v1/latest?name=x&limit=10001", "invalid-parameter", "10000"),
        ("/v1/metrics?limit=10001", "invalid-parameter", "10000"), ("/v1/metrics?limit=", "invalid-parameter", "1"),
        ("/v1/metrics?limit=-1", "invalid-parameter", "limit=\\\"-1\\\""),
        ("/v1/metrics?limit=1x", "invalid-parameter", "whole number"),
        ("/v1/metrics?limit=99999999999999999999", "invalid-parameter", "whole number"),
        ("/v1/metrics?cursor=\(cursor)", "missing-parameter", "limit="),
        ("/v1/metrics?limit=1&cursor=", "invalid-cursor", "damaged"),
        ("/v1/metrics?limit=1&cursor=\(cursor.dropLast())", "invalid-cursor", "damaged"),
        ("/v1/metrics?limit=1&cursor=\(cursor)", "invalid-cursor", "another query"),
        ("/v1/samples?name=c%20p%26u&limit=1&cursor=\(cursor)", "invalid-cursor", "another query"),
        ("/v1/samples?name=c%20p%26u&limit=1&from=0&to=9&cursor=\(cursor)", "invalid-cursor", "another query"),
        ("/v1/samples?name=other&limit=1&from=0&cursor=\(cursor)", "invalid-cursor", "another query"),
        ("/v1/samples?name=c%20p%26u&limit=1&from=0&label.n1=1&cursor=\(cursor)", "invalid-cursor", "another query"),
        ("/v1/timeline?name=x&limit=1", "unknown-parameter", "aggregate"),
      ] {
        let response = try service.get(target)
        #expect(response.status == 400)
        #expect(response.text.contains("\"code\":\"\(code)\""), "\(target): \(response.text)")
        #expect(response.text.contains(word), "\(target): \(response.text)")
      }
      // How much, how it is written and what must be in it may change from page to page.
      let next = try service.get("/v1/samples?name=c%20p%26u&from=0&limit=7&precision=s&cursor=\(cursor)")
      #expect(next.status == 200)
    }
  }

  @Test func aCursorOfAnotherStoreIsNamedAsSuch() throws {
    try withService { service, store in
      let id = store.identity
      for (identity, code) in [
        (StoreIdentity(idHigh: 1, idLow: 1, generation: 1, shards: 8), "other-store"),
        (StoreIdentity(idHigh: id.idHigh, idLow: id.idLow, generation: 2, shards: 8), "other-generation"),
      ] {
        let cursor = PageCursor(of: identity, query: QueryFingerprint.of("metrics"), key: .metric("a"))
        let token = PositionToken(of: identity, positions: [ShardPosition(shard: 0, position: 1)])
        for target in ["/v1/metrics?limit=1&cursor=\(cursor)", "/v1/metrics?after=\(token)"] {
          let response = try service.get(target)
          #expect(response.status == 400)
          #expect(response.text.contains("\"code\":\"\(code)\""))
        }
      }
    }
  }

  @Test func aLinkThatWouldBeTooLongIsLeftOut() throws {
    try withService { service, _ in
      let label = String(repeating: "x", count: 5_000)
      let long = try service.get("/v1/series?name=c%20p%26u&limit=1&label.\(label)=")
      #expect(long.status == 200)
      #expect(long.header("link") == nil)
      #expect(long.header("daybook-next") != nil)
    }
  }
}
