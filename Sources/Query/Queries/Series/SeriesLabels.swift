package import Events

/// The labels of a series, or of a line that stands for several, in the order of their keys' bytes, without those whose
/// value is empty. They sort by their keys and values, byte by byte (Swift's own order of texts takes different spellings
/// of a character for the same, the store does not).
package struct SeriesLabels: Hashable, Comparable, Sendable {
  package let labels: [SeriesLabel]
  /// Keys and values with their lengths' place taken by separators that neither can hold: equal and ordered as the labels
  /// are.
  private let sortKey: [UInt8]

  package static let none = SeriesLabels([])

  /// `labels` in any order, each key once.
  package init(_ labels: [SeriesLabel]) {
    let present = labels.filter { !$0.value.isEmpty }
    self.labels = present.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var key: [UInt8] = []
    for label in self.labels {
      key.append(contentsOf: label.key.utf8)
      key.append(0)
      key.append(contentsOf: label.value.utf8)
      key.append(0)
    }
    sortKey = key
  }

  package func value(of key: String) -> String? {
    labels.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The labels that a line by these keys shows.
  package func kept(_ keys: [String]) -> SeriesLabels {
    SeriesLabels(labels.filter { label in keys.contains { $0.utf8.elementsEqual(label.key.utf8) } })
  }

  package static func == (a: SeriesLabels, b: SeriesLabels) -> Bool { a.sortKey == b.sortKey }
  package static func < (a: SeriesLabels, b: SeriesLabels) -> Bool { a.sortKey.lexicographicallyPrecedes(b.sortKey) }
  package func hash(into hasher: inout Hasher) { hasher.combine(sortKey) }
}
