import Events
import ReadModels

/// Reads one page of samples: series by rising id, each in canonical order, from behind the page's key on.
struct SamplesPageReader {
  let snapshot: ReadSnapshot
  let request: SamplesRequest
  let page: PageRequest

  /// Series that are looked at first; four times as many each time they did not fill the page.
  private static let firstSeries = 16
  private static let seriesAtOnceLimit = 1_024

  /// The samples, and the key of the page's end where there is more. A page ends when it is full, or after as many series
  /// as one query may read: it may be empty, and there may still be more.
  func read() throws(ReadFailure) -> (series: [(id: SeriesID, samples: SeriesSamples)], end: PageKey?) {
    let start = try startKey()
    var collector = SamplesCollector(limit: page.limit, behind: start.sample)
    var next = start.series
    var seen = 0
    var size = Self.firstSeries
    while true {
      let wanted = min(size, snapshot.limits.seriesLimit - seen)
      let ids = try CatalogueReader(snapshot: snapshot).ids(request.selector, from: next, limit: wanted)
      try collect(ids, start.sample, &collector)
      if collector.hasMore { return (collector.series, collector.end.map { .sample($0) }) }
      guard let last = ids.last, ids.count == wanted, last.rawValue < .max else { return (collector.series, nil) }
      seen += ids.count
      if seen >= snapshot.limits.seriesLimit { return (collector.series, .series(last)) }
      next = SeriesID(rawValue: last.rawValue + 1)
      size = min(size * 4, Self.seriesAtOnceLimit)
    }
  }

  /// The first series that may have samples of the page, and the sample behind which they lie.
  private func startKey() throws(ReadFailure) -> (series: SeriesID, sample: SampleKey?) {
    let key = try ReadFailure.ofQuery { () throws(QueryError) in try page.start(in: snapshot.store) }
    switch key {
    case nil: return (SeriesID(rawValue: .min), nil)
    case .series(let id) where id.rawValue < .max: return (SeriesID(rawValue: id.rawValue + 1), nil)
    case .sample(let sample): return (sample.series, sample)
    default: throw .query(PageRequest.foreignKey)
    }
  }

  private func collect(
    _ ids: [SeriesID], _ start: SampleKey?, _ collector: inout SamplesCollector
  ) throws(ReadFailure) {
    var rest = ids[...]
    if let start, rest.first == start.series {
      rest.removeFirst()
      try collect([start.series], from: max(start.time, request.from ?? .min), &collector)
    }
    if !collector.hasMore { try collect(Array(rest), from: request.from ?? .min, &collector) }
  }

  private func collect(
    _ ids: [SeriesID], from: Int64, _ collector: inout SamplesCollector
  ) throws(ReadFailure) {
    let to = request.to ?? .max
    guard from < to, !ids.isEmpty else { return }
    let pace = SamplesPace.page(limit: page.limit, snapshot.limits)
    try TimelineReader(snapshot).forEachSamples(of: ids, from: from, through: to - 1, pace) {
      (id, found) throws(ReadFailure) in
      try snapshot.checkTime()
      return collector.add(id, found)
    }
  }
}
