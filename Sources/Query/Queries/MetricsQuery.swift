import ReadModels

/// `GET /v1/metrics`.
package struct MetricsQuery: Sendable {
  /// Nil: all metrics at once.
  package var page: PageRequest?

  package init(page: PageRequest? = nil) {
    self.page = page
  }

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> MetricsAnswer {
    let reader = MetricsReader(snapshot: snapshot)
    var (metrics, next) = try read(reader, snapshot)
    let tail = try reader.tailSpans()
    for index in metrics.indices {
      metrics[index].span = TimelineSpan.joined(metrics[index].span, tail[Array(metrics[index].name.utf8)])
    }
    metrics.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return MetricsAnswer(position: snapshot.progress.token, metrics: metrics, next: next)
  }

  private func read(
    _ reader: MetricsReader, _ snapshot: ReadSnapshot
  ) throws(ReadFailure) -> ([MetricsAnswer.Metric], NextPage) {
    guard let page else { return (try reader.metrics(), .notPaged) }
    var metrics = try reader.metrics(behind: try Self.name(page, snapshot), limit: page.limit + 1)
    let isLast = metrics.count <= page.limit
    if !isLast { metrics.removeLast(metrics.count - page.limit) }
    let end = isLast ? nil : metrics.last.map { PageKey.metric($0.name) }
    return (metrics, page.next(end, in: snapshot.store))
  }

  /// No metric has an empty name, so all lie behind that.
  private static func name(_ page: PageRequest, _ snapshot: ReadSnapshot) throws(ReadFailure) -> String {
    switch try ReadFailure.ofQuery({ () throws(QueryError) in try page.start(in: snapshot.store) }) {
    case nil: return ""
    case .metric(let name): return name
    default: throw .query(PageRequest.foreignKey)
    }
  }
}
