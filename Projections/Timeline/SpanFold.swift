import ProjectionKit
import ReadModels

/// The first and last sample of series, kept up from their days.
struct SpanFold {
  /// A day that was folded, as it is now; empty when it has no samples that are not NaN.
  struct Day {
    let day: Int32
    let aggregate: Aggregate
  }

  private struct Span: Equatable {
    var firstAt: Int64?
    var lastAt: Int64?
  }

  let statements: TimelineStatements

  /// - days: per series the days that changed, rising; they are in the table already.
  func run(series: [Int64], days: [[Day]], _ transaction: any ReadTransaction) throws {
    let before = try read(series, statements.spans, transaction)
    var after = zip(before, days).map { Self.extended($0, by: $1) }
    let shrunk = series.indices.filter { after[$0] == nil }
    if !shrunk.isEmpty {
      let found = try read(shrunk.map { series[$0] }, statements.spansOfDays, transaction)
      for (place, span) in zip(shrunk, found) { after[place] = span ?? Span() }
    }
    try write(series, before, after.map { $0 ?? Span() }, transaction)
  }

  /// The span with changed days in it; nil when one of them was at an end and has drawn back from it, so that only the
  /// table knows.
  private static func extended(_ before: Span?, by days: [Day]) -> Span? {
    var span = Span()
    for day in days where !day.aggregate.isEmpty {
      span.firstAt = span.firstAt ?? day.aggregate.firstAt
      span.lastAt = day.aggregate.lastAt
    }
    guard let before else { return span }
    if let firstAt = before.firstAt {
      let day = BucketLevel.day.bucket(of: firstAt)
      if days.contains(where: { $0.day == day }), span.firstAt.map({ $0 > firstAt }) ?? true { return nil }
      span.firstAt = min(firstAt, span.firstAt ?? firstAt)
    }
    if let lastAt = before.lastAt {
      let day = BucketLevel.day.bucket(of: lastAt)
      if days.contains(where: { $0.day == day }), span.lastAt.map({ $0 < lastAt }) ?? true { return nil }
      span.lastAt = max(lastAt, span.lastAt ?? lastAt)
    }
    return span
  }

  /// Per series its row; nil where there is none.
  private func read(_ series: [Int64], _ statement: String, _ transaction: any ReadTransaction) throws -> [Span?] {
    var spans = [Span?](repeating: nil, count: series.count)
    let rows = try transaction.query(statement, [.array(.int64(series))])
    for index in 0..<rows.count {
      let place = try BucketReader.place(rows, index, count: series.count)
      spans[place] = Span(
        firstAt: rows.isNull(index, 1) ? nil : try rows.int64(index, 1),
        lastAt: rows.isNull(index, 2) ? nil : try rows.int64(index, 2))
    }
    return spans
  }

  private func write(
    _ series: [Int64], _ before: [Span?], _ after: [Span], _ transaction: any ReadTransaction
  ) throws {
    let new = series.indices.filter { before[$0] == nil }
    let changed = series.indices.filter { before[$0] != nil && before[$0] != after[$0] }
    try BulkInsert.run(
      transaction, table: statements.spansTable, statement: statements.insertSpans, count: new.count,
      columns(new, series, after))
    guard !changed.isEmpty else { return }
    try transaction.execute(statements.updateSpans, columns(changed, series, after).map { .array($0.values) })
  }

  private func columns(
    _ places: [Int], _ series: [Int64], _ spans: [Span]
  ) -> [(name: String, values: ReadColumn)] {
    [
      ("series", .int64(places.map { series[$0] })), ("first_at", .int64OrNull(places.map { spans[$0].firstAt })),
      ("last_at", .int64OrNull(places.map { spans[$0].lastAt })),
    ]
  }
}
