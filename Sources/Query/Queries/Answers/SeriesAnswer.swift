package import Events
package import ReadModels

/// What `GET /v1/series` answers: the series of a metric, with the first and last time at which they have a number.
package struct SeriesAnswer: Sendable {
  package let position: PositionToken
  /// Sorted by labels.
  package let series: [(labels: SeriesLabels, span: TimelineSpan?)]
}
