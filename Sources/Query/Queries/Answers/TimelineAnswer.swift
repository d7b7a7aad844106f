package import Events

/// What `GET /v1/timeline` answers.
package struct TimelineAnswer: Sendable {
  package let name: String
  package let step: QueryStep
  /// Whose days the buckets are, when that was asked for.
  package let zone: ZoneName?
  /// The range as it was widened, in nanoseconds since 1970; `to` is exclusive.
  package let from: Int64
  package let to: Int64
  /// What is in the answer.
  package let position: PositionToken
  package let aggregates: [AggregateKind]
  /// Sorted by labels; only lines with points.
  package let lines: [TimelineLine]
  /// Every label key that a line may have, by rising bytes: the columns of a table. Empty where none was wanted.
  package let labelKeys: [String]
}
