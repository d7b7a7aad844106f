/// What `GET /v1/samples` asks.
package struct SamplesRequest: Sendable {
  package var selector: SeriesSelector
  /// Nanoseconds since 1970; nil: from the first sample on.
  package var from: Int64?
  /// Exclusive; nil: up to the last sample.
  package var to: Int64?
  /// Nil: all samples at once.
  package var page: PageRequest?
  /// Whether the answer is to list all label keys, as a table needs.
  package var wantsLabelKeys = false

  package init(selector: SeriesSelector, from: Int64? = nil, to: Int64? = nil) {
    self.selector = selector
    self.from = from
    self.to = to
  }
}
