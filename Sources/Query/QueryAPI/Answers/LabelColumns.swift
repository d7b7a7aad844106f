import Events
import Queries

/// The columns of labels in a CSV answer: one per key, named `label.KEY` as the filter of a request is, so that none of
/// them is taken for `time` or `value`. A series without the label has an empty cell.
struct LabelColumns {
  /// Rising by their bytes.
  private let keys: [String]

  init(_ keys: [String]) {
    self.keys = keys
  }

  /// The names of all columns: those of the labels, then `others`.
  func header(_ others: [String]) -> [String] {
    keys.map { QueryItems.labelPrefix + $0 } + others
  }

  /// The first cells of a series' rows; both lists are in the order of their bytes.
  func cells(_ labels: SeriesLabels) -> [UInt8] {
    var rest = labels.labels[...]
    return CSVWriter.leading(
      keys.map { key in
        guard let label = rest.first, label.key.utf8.elementsEqual(key.utf8) else { return "" }
        rest.removeFirst()
        return label.value
      })
  }
}
