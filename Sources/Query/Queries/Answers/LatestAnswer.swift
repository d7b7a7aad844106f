package import Events

/// What `GET /v1/latest` answers: the last sample of each series that has one, NaN too.
package struct LatestAnswer: Sendable {
  package let position: PositionToken
  /// Of a page by rising id, else sorted by labels; times in nanoseconds since 1970.
  package let series: [(labels: SeriesLabels, time: Int64, value: Double)]
  /// Every label key of the series that were asked for, by rising bytes: the columns of a table. Empty where none was
  /// wanted.
  package let labelKeys: [String]
  package let next: NextPage
}
