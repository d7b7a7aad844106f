import Benchmark
import Runtime
import Testing

struct RequestURLTests {
  @Test(arguments: [
    ("http://127.0.0.1:8428/write", "127.0.0.1:8428", "/write"),
    ("http://localhost:8086/write?db=x&precision=ns", "localhost:8086", "/write?db=x&precision=ns"),
    ("http://db/a/b/", "db:80", "/a/b"),
    ("http://[::1]:9", "[::1]:9", "/"),
  ])
  func pathAndQueryAreSentAsGiven(text: String, address: String, target: String) throws {
    let url = try RequestURL(text)
    #expect("\(url.address)" == address)
    #expect(url.target == target)
  }

  @Test(arguments: ["https://db:8428/write", "db:8428", "http://db/write?a b", "http://db/w#x", "http://me:x@db/"])
  func whatCannotBeSentIsRefused(text: String) {
    #expect(throws: UsageError.self) { try RequestURL(text) }
  }
}
