package import Events

/// Behind what a page begins. A key names what was given last and not how much, so what is written meanwhile neither
/// repeats nor hides what was there.
package enum PageKey: Hashable, Sendable {
  /// Behind a series, in the order of ids.
  case series(SeriesID)
  /// Behind a sample.
  case sample(SampleKey)
  /// Behind a metric, in the order of the names' bytes.
  case metric(String)
}
