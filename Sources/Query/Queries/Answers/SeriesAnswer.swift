package import Events
package import ReadModels

/// What `GET /v1/series` answers: the series of a metric, with the first and last time at which they have a number.
package struct SeriesAnswer: Sendable {
  package let position: PositionToken
  /// Of a page by rising id, else sorted by labels.
  package let series: [(labels: SeriesLabels, span: TimelineSpan?)]
  /// Every label key of the series that were asked for, by rising bytes: the columns of a table. Empty where none was
  /// wanted.
  package let labelKeys: [String]
  package let next: NextPage
}
