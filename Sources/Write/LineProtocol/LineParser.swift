package import Commands

/// Reads bodies of InfluxDB line protocol. Holds scratch memory: one per thread, one body at a time; the cache is shared.
package final class LineParser {
  /// The most new series of one body: what they need in memory until the commit is bounded by it (about 300 bytes each).
  package static let newSeriesLimit = 262_144

  private let cache: HeadCache
  private let resolver: any SeriesResolver
  private var scan: LineScan

  package init(cache: HeadCache, resolver: any SeriesResolver) {
    self.cache = cache
    self.resolver = resolver
    scan = LineScan(shards: resolver.shards)
  }

  /// `serverTime` (nanoseconds since 1970) is taken for lines without a timestamp. A bad line is left out whole and stands
  /// in the outcome; it never fails the others.
  package func parse(
    _ body: UnsafeRawBufferPointer, precision: LinePrecision, serverTime: Int64
  ) throws(LineBodyError) -> LineOutcome {
    let result = cache.withTable { table in
      scan.run(body, table: table, resolver: resolver, precision: precision, serverTime: serverTime)
    }
    if scan.learntSomething { cache.learn(from: scan.local) }
    scan.forget()
    return try result.get()
  }
}
