/// What `GET /v1/series` and `GET /v1/latest` ask.
package struct SeriesRequest: Sendable {
  package var selector: SeriesSelector
  /// Nil: all series at once.
  package var page: PageRequest?
  /// Whether the answer is to list all label keys, as a table needs.
  package var wantsLabelKeys = false

  package init(_ selector: SeriesSelector) {
    self.selector = selector
  }
}
