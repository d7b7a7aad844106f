import Events
import ReadModels

/// `GET /v1/samples`: the samples themselves, as they are after everything that was recorded.
package struct SamplesQuery: Sendable {
  private let request: SamplesRequest

  package init(_ request: SamplesRequest) {
    self.request = request
  }

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> SamplesAnswer {
    if let page = request.page { try answer(page, snapshot) } else { try whole(snapshot) }
  }

  private func answer(_ page: PageRequest, _ snapshot: ReadSnapshot) throws(ReadFailure) -> SamplesAnswer {
    let (found, end) = try SamplesPageReader(snapshot: snapshot, request: request, page: page).read()
    let catalogue = CatalogueReader(snapshot: snapshot)
    let series = try catalogue.series(found.map(\.id))
    return SamplesAnswer(
      position: snapshot.progress.token, series: zip(series, found).map { (labels: $0.labels, samples: $1.samples) },
      labelKeys: request.wantsLabelKeys ? try catalogue.labelKeys(request.selector) : [],
      next: page.next(end, in: snapshot.store))
  }

  private func whole(_ snapshot: ReadSnapshot) throws(ReadFailure) -> SamplesAnswer {
    let series = try CatalogueReader(snapshot: snapshot).select(request.selector)
    let samples = try samples(of: series.ids, snapshot)
    let found = series.ids.indices.compactMap { index in
      samples[series.ids[index]].map { (labels: series.labels(at: index), samples: $0) }
    }
    return SamplesAnswer(
      position: snapshot.progress.token, series: found.sorted { $0.labels < $1.labels },
      labelKeys: request.wantsLabelKeys ? series.keys : [], next: .notPaged)
  }

  private func samples(
    of series: [SeriesID], _ snapshot: ReadSnapshot
  ) throws(ReadFailure) -> [SeriesID: SeriesSamples] {
    let from = request.from ?? .min
    // No sample is that late: the command service takes none beyond 2262.
    let to = request.to ?? .max
    guard from < to, !series.isEmpty else { return [:] }
    var samples: [SeriesID: SeriesSamples] = [:]
    var count = 0
    try TimelineReader(snapshot).forEachSamples(
      of: series, from: from, through: to - 1, .whole(snapshot.limits)
    ) {
      (id, found) throws(ReadFailure) in
      try snapshot.checkTime()
      count += found.count
      guard count <= snapshot.limits.samplesLimit else { throw ReadFailure.query(Self.tooMany(snapshot.limits)) }
      samples[id, default: SeriesSamples()].append(contentsOf: found)
      return true
    }
    return samples
  }

  private static func tooMany(_ limits: QueryLimits) -> QueryError {
    .limit(
      .tooManySamples,
      "there are more than \(limits.samplesLimit) samples, which is the limit of an answer: ask for fewer series or a "
        + "shorter range, from= and to=, or for pages, limit=")
  }
}
