import Events
import ReadModels

/// `GET /v1/latest`.
package struct LatestQuery: Sendable {
  private let request: SeriesRequest

  package init(_ request: SeriesRequest) {
    self.request = request
  }

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> LatestAnswer {
    let list = try CatalogueReader(snapshot: snapshot).list(request)
    let last = try LatestReader(snapshot: snapshot).lastSamples(of: list.series.map(\.id))
    let found = list.series.compactMap { series in
      last[series.id].map { (labels: series.labels, time: $0.time, value: $0.value) }
    }
    return LatestAnswer(
      position: snapshot.progress.token,
      series: request.page == nil ? found.sorted { $0.labels < $1.labels } : found, labelKeys: list.labelKeys,
      next: list.next)
  }
}
