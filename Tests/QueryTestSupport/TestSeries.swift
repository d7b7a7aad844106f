package import Events

/// A series in a test: a name and labels.
package struct TestSeries: Hashable, Sendable {
  package let name: String
  package let labels: [String: String]

  package init(_ name: String, _ labels: [String: String] = [:]) {
    self.name = name
    self.labels = labels
  }

  package func key() throws -> SeriesKey {
    try SeriesKey(name: name, labels: labels.map { (key: $0.key, value: $0.value) })
  }
}
