/// `GET /v1/series`.
package struct SeriesQuery: Sendable {
  private let request: SeriesRequest

  package init(_ request: SeriesRequest) {
    self.request = request
  }

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> SeriesAnswer {
    let list = try CatalogueReader(snapshot: snapshot).list(request)
    let spans = try SpanReader(snapshot: snapshot).spans(of: list.series.map(\.id))
    let found = list.series.map { (labels: $0.labels, span: spans[$0.id]) }
    return SeriesAnswer(
      position: snapshot.progress.token,
      series: request.page == nil ? found.sorted { $0.labels < $1.labels } : found, labelKeys: list.labelKeys,
      next: list.next)
  }
}
