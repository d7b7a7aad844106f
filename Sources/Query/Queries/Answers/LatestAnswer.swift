package import Events

/// What `GET /v1/latest` answers: the last sample of each series that has one, NaN too.
package struct LatestAnswer: Sendable {
  package let position: PositionToken
  /// Sorted by labels; times in nanoseconds since 1970.
  package let series: [(labels: SeriesLabels, time: Int64, value: Double)]
}
