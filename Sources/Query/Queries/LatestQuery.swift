import Events
import ReadModels

/// `GET /v1/latest`.
package struct LatestQuery: Sendable {
  private let request: SeriesRequest

  package init(_ request: SeriesRequest) {
    self.request = request
  }

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> LatestAnswer {
    let series = try CatalogueReader(snapshot: snapshot).series(request.selector)
    let last = try LatestReader(snapshot: snapshot).lastSamples(of: series.map(\.id))
    let found = series.compactMap { series in
      last[series.id].map { (labels: series.labels, time: $0.time, value: $0.value) }
    }
    return LatestAnswer(
      position: snapshot.progress.token, series: found.sorted { $0.labels < $1.labels },
      labelKeys: request.wantsLabelKeys ? LabelKeys(series).sorted : [])
  }
}
