import HTTPClient
import Postgres
import PostgresCluster
import Runtime
import TestSupport
import Testing

/// Real series through the whole way: line protocol over HTTP, the store, the projector, the timeline.
@Suite(.serialized) struct RealDataTests {
  private static let steps: [(name: String, seconds: Int64)] = [
    ("minute", 60), ("10m", 600), ("hour", 3600), ("day", 86_400),
  ]

  @Test func everyBucketOfEveryFileEqualsTheSameCalculatedBySQL() throws {
    var random = SeededRandom()
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let series = try RealSeries.names.map { try RealSeries.read($0) }
    let writer = HTTPClient(daybook.command)
    var tokens: [String] = []
    for batch in series.flatMap({ entry in
      // The batches of a file are shuffled among each other too, but for the one that has to be last.
      entry.batches(size: 700, using: &random)
    }) {
      let answer = try writer.send("POST", "/write?db=nab", body: batch)
      #expect(answer.status == 204, "\(answer.text)")
      tokens = [try #require(answer.header("daybook-position"))]
    }
    let database = try TestDatabase.make()
    let connection = try PostgresConnection(database.address(), application: "test")
    try connection.execute("CREATE TABLE csv (name text, line bigint, time bigint, value float8)")
    for entry in series {
      _ = try connection.copyIn("COPY csv FROM STDIN (FORMAT binary)") { writer throws(PostgresError) in
        for (line, sample) in entry.samples.enumerated() {
          try writer.beginRow(fieldCount: 4)
          writer.text(entry.name)
          writer.int64(Int64(line))
          writer.int64(sample.time)
          writer.double(Double(sample.value) ?? .nan)
        }
      }
    }
    let reader = HTTPClient(daybook.query)
    for entry in series {
      for step in Self.steps {
        try compare(entry, step, reader, connection, tokens)
      }
    }
  }

  private func compare(
    _ entry: RealSeries, _ step: (name: String, seconds: Int64), _ reader: HTTPClient, _ connection: PostgresConnection,
    _ tokens: [String]
  ) throws {
    let times = entry.samples.map(\.time)
    let first = try #require(times.min()) / 1_000_000
    let last = try #require(times.max()) / 1_000_000
    let buckets = try TimelineAnswer.buckets(
      reader, "name=\(entry.name)&aggregate=count,avg,min,max", from: first, to: last + 1,
      stepMilliseconds: step.seconds * 1000, step: step.name, after: tokens)
    var parameters = PostgresParameters()
    parameters.text(entry.name)
    parameters.int64(step.seconds * 1_000_000_000)
    // Of equal times the last line of the file counts. Sums are numeric: exact, so nothing of ours is repeated here.
    let expected = try connection.query(
      sql: """
        SELECT time / $2 * $2 / 1000000, count(*), (sum(value::numeric) / count(*))::float8, min(value), max(value)
        FROM (SELECT DISTINCT ON (time) time, value FROM csv WHERE name = $1 ORDER BY time, line DESC) AS kept
        GROUP BY 1
        """, parameters)
    #expect(expected.rowCount > 1)
    #expect(buckets.count == expected.rowCount, "\(entry.name) by \(step.name): number of buckets")
    for row in 0..<expected.rowCount {
      let time = try expected.int64(row, 0)
      guard let bucket = buckets[time] else {
        Issue.record("\(entry.name) by \(step.name): no bucket at \(time)")
        continue
      }
      let (count, average) = (Double(try expected.int64(row, 1)), try expected.double(row, 2))
      let (lowest, highest) = (try expected.double(row, 3), try expected.double(row, 4))
      #expect(bucket["count"] == count, "\(entry.name) by \(step.name) at \(time)")
      #expect(bucket["min"] == lowest, "\(entry.name) by \(step.name) at \(time)")
      #expect(bucket["max"] == highest, "\(entry.name) by \(step.name) at \(time)")
      let difference = abs((bucket["avg"] ?? .nan) - average)
      // Adding n doubles in turn is off by at most n roundings; a day has 288 of them.
      #expect(difference <= abs(average) * 1e-12, "\(entry.name) by \(step.name) at \(time): \(bucket) \(average)")
    }
  }
}
