import LineProtocol
import WriteTestSupport

/// Parses one body with a parser of its own.
func parse(
  _ body: String, precision: LinePrecision = .nanoseconds, serverTime: Int64 = 77, cache: HeadCache = HeadCache(),
  resolver: FakeResolver = FakeResolver()
) throws -> LineOutcome {
  let parser = LineParser(cache: cache, resolver: resolver)
  return try Array(body.utf8).withUnsafeBytes {
    try parser.parse($0, precision: precision, serverTime: serverTime)
  }
}
