import Events
import ReadModels

/// `GET /v1/latest`.
package struct LatestQuery: Sendable {
  private let selector: SeriesSelector

  package init(_ selector: SeriesSelector) {
    self.selector = selector
  }

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> LatestAnswer {
    let series = try CatalogueReader(snapshot: snapshot).series(selector)
    let last = try LatestReader(snapshot: snapshot).lastSamples(of: series.map(\.id))
    let found = series.compactMap { series in
      last[series.id].map { (labels: series.labels, time: $0.time, value: $0.value) }
    }
    return LatestAnswer(position: snapshot.progress.token, series: found.sorted { $0.labels < $1.labels })
  }
}
