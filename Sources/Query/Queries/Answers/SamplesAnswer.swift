package import Events
package import ReadModels

/// What `GET /v1/samples` answers: per series that has any, its samples in canonical order, NaN among them.
package struct SamplesAnswer: Sendable {
  package let position: PositionToken
  /// Of a page by rising id, else sorted by labels. A series may go on in the next page.
  package let series: [(labels: SeriesLabels, samples: SeriesSamples)]
  /// Every label key of the series that were asked for, by rising bytes: the columns of a table. Empty where none was
  /// wanted.
  package let labelKeys: [String]
  package let next: NextPage
}
