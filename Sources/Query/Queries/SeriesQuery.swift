/// `GET /v1/series`.
package struct SeriesQuery: Sendable {
  private let selector: SeriesSelector

  package init(_ selector: SeriesSelector) {
    self.selector = selector
  }

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> SeriesAnswer {
    let series = try CatalogueReader(snapshot: snapshot).series(selector)
    let spans = try SpanReader(snapshot: snapshot).spans(of: series.map(\.id))
    let found = series.map { (labels: $0.labels, span: spans[$0.id]) }
    return SeriesAnswer(position: snapshot.progress.token, series: found.sorted { $0.labels < $1.labels })
  }
}
