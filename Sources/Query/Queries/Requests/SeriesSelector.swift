package import Events

/// Which series a query asks for: those of one metric that have all of these labels.
package struct SeriesSelector: Sendable {
  package let name: String
  /// Sorted by key, each key once. An empty value asks for series that do not have the label.
  package let labels: [SeriesLabel]

  package init(name: String, labels: [SeriesLabel] = []) {
    self.name = name
    self.labels = labels
  }

  /// Whether a series of that metric with these labels is asked for. Texts are equal when their bytes are.
  package func matches(_ series: SeriesLabels) -> Bool {
    labels.allSatisfy { wanted in
      guard let value = series.value(of: wanted.key) else { return wanted.value.isEmpty }
      return value.utf8.elementsEqual(wanted.value.utf8)
    }
  }
}
