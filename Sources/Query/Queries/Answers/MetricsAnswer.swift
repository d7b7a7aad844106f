package import Events
package import ReadModels

/// What `GET /v1/metrics` answers: every metric that there is.
package struct MetricsAnswer: Sendable {
  package struct Metric: Sendable {
    package let name: String
    package let unit: String?
    package let description: String?
    /// `gauge` or `counter`.
    package let kind: String?
    /// The number of its series.
    package let series: Int64
    /// Over all its series; nil while none has a number.
    package var span: TimelineSpan?
  }

  package let position: PositionToken
  /// Sorted by the bytes of their names.
  package let metrics: [Metric]
  package let next: NextPage
}
