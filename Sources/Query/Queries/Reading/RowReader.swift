import Events
import Postgres
import ReadModels

/// Reads rows of the main part: those that the cache has for the page as it is folded in this snapshot, and the others from
/// the store.
struct RowReader {
  /// A stretch of buckets of one series.
  typealias Stretch = (series: SeriesID, buckets: Range<Int32>)

  let snapshot: ReadSnapshot
  /// Of the pages of all series that will be asked for.
  let tails: TailRows

  private var build: Build { snapshot.progress.timeline }
  private var shards: Int { snapshot.store.shards }

  /// The rows of each stretch, and perhaps of the series beside it.
  func rows(_ kind: RowKind, _ wanted: [Stretch]) throws(ReadFailure) -> [SeriesRows] {
    if wanted.isEmpty { return [] }
    let costPerRow = kind == .sampledHours || kind == .sampledMinutes ? Self.costOfSamples : 1
    try snapshot.charge(wanted.reduce(0) { $0 + $1.buckets.count } * costPerRow)
    let cached = cachedPages(wanted)
    var result: [SeriesRows] = []
    result.reserveCapacity(wanted.count)
    var missing: [(place: Int, stretch: Stretch, known: SeriesRows?)] = []
    for (place, stretch) in wanted.enumerated() {
      let known = cached[SeriesPage(of: stretch.series, shards: shards)]?
        .rows(kind, SeriesPage.slot(of: stretch.series, shards: shards))
      if let known, known.covers(stretch.buckets) {
        result.append(known)
      } else {
        result.append(Self.none)
        let buckets = known?.missing(of: stretch.buckets) ?? stretch.buckets
        missing.append((place, (stretch.series, buckets), known))
      }
    }
    if missing.isEmpty { return result }
    let read = zip(missing, try fetch(kind, missing.map(\.stretch))).map { $0.known?.joined($1) ?? $1 }
    for (missing, found) in zip(missing, read) { result[missing.place] = found }
    if kind != .sampledMinutes { keep(kind, missing.map(\.stretch.series), read) }
    return result
  }

  /// Unpacking an hour of 360 samples takes 1.5 µs, more than 64 rows.
  private static let costOfSamples = 64

  private static let none = SeriesRows(covered: 0..<0, rows: [])

  private func cachedPages(_ wanted: [Stretch]) -> [SeriesPage: CachedPage] {
    let pages = SeriesPage.all(of: wanted.lazy.map(\.series), shards: shards)
    return snapshot.caches.rows.pages(pages.map { ($0, tails.folded($0)) }, of: build.key)
  }

  private func fetch(_ kind: RowKind, _ stretches: [Stretch]) throws(ReadFailure) -> [SeriesRows] {
    let table = BucketTable(kind, schema: build.schema)
    let result = try snapshot.query(table.statement, BucketTable.parameters(stretches))
    let rows = try ReadFailure.ofStore { () throws(PostgresError) in try table.read(result, count: stretches.count) }
    return zip(stretches, rows).map { SeriesRows(covered: $0.buckets, rows: $1) }
  }

  private func keep(_ kind: RowKind, _ series: [SeriesID], _ rows: [SeriesRows]) {
    guard snapshot.mayKeep(rowBytes: rows.reduce(0) { $0 + $1.bytes }) else { return }
    var byPage: [SeriesPage: [(slot: UInt16, rows: SeriesRows)]] = [:]
    for (id, rows) in zip(series, rows) {
      byPage[SeriesPage(of: id, shards: shards), default: []].append((SeriesPage.slot(of: id, shards: shards), rows))
    }
    for (page, rows) in byPage {
      snapshot.caches.rows.add(rows, of: kind, to: page, folded: tails.folded(page), of: build.key)
    }
  }
}
