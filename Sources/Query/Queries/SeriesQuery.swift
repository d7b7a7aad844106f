/// `GET /v1/series`.
package struct SeriesQuery: Sendable {
  private let request: SeriesRequest

  package init(_ request: SeriesRequest) {
    self.request = request
  }

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> SeriesAnswer {
    let series = try CatalogueReader(snapshot: snapshot).series(request.selector)
    let spans = try SpanReader(snapshot: snapshot).spans(of: series.map(\.id))
    let found = series.map { (labels: $0.labels, span: spans[$0.id]) }
    return SeriesAnswer(
      position: snapshot.progress.token, series: found.sorted { $0.labels < $1.labels },
      labelKeys: request.wantsLabelKeys ? LabelKeys(series).sorted : [])
  }
}
