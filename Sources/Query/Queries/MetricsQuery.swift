import ReadModels

/// `GET /v1/metrics`.
package struct MetricsQuery: Sendable {
  package init() {}

  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> MetricsAnswer {
    let reader = MetricsReader(snapshot: snapshot)
    var metrics = try reader.metrics()
    let tail = try reader.tailSpans()
    for index in metrics.indices {
      metrics[index].span = TimelineSpan.joined(metrics[index].span, tail[Array(metrics[index].name.utf8)])
    }
    metrics.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return MetricsAnswer(position: snapshot.progress.token, metrics: metrics)
  }
}
