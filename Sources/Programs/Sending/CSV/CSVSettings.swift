import Events
package import Runtime

/// How rows become samples.
package struct CSVSettings: Sendable {
  package struct Value: Sendable {
    package let column: CSVColumn
    /// The metric's name.
    package let metric: String

    package init(column: CSVColumn, metric: String) {
      self.column = column
      self.metric = metric
    }
  }

  package struct Label: Sendable {
    package let column: CSVColumn
    package let name: String

    package init(column: CSVColumn, name: String) {
      self.column = column
      self.name = name
    }
  }

  package let delimiter: UInt8
  package let hasHeader: Bool
  package let time: CSVColumn
  package let timeUnit: CSVTimeUnit?
  /// Of times without an offset; nil: UTC.
  package let zone: String?
  package let values: [Value]
  package let labelColumns: [Label]
  /// The same for every row.
  package let labels: [(key: String, value: String)]

  /// Refuses names and labels that no row could be sent with.
  package init(
    delimiter: UInt8, hasHeader: Bool, time: CSVColumn, timeUnit: CSVTimeUnit?, zone: String?, values: [Value],
    labelColumns: [Label], labels: [(key: String, value: String)]
  ) throws(UsageError) {
    self.delimiter = delimiter
    self.hasHeader = hasHeader
    self.time = time
    self.timeUnit = timeUnit
    self.zone = zone
    self.values = values
    self.labelColumns = labelColumns
    self.labels = labels
    try check()
  }

  /// The most bytes of one request: well below what the service takes.
  private static let requestLimit = 24 << 20
  /// Enough for the service to be busy with, little enough to be sent again.
  private static let standardBatchBytes = 512 << 10
  private static let smallestRow = 2

  /// Less where the text that every row is given is long, so that no request gets too large.
  var batchBytes: Int {
    let fixed = values.reduce(0) { $0 + fixedBytes($1.metric) }
    return min(Self.standardBatchBytes, max(64, Self.requestLimit / fixed * Self.smallestRow))
  }

  var parameters: [(String, String)] {
    [
      ("delimiter", "\(delimiter)"), ("header", "\(hasHeader)"), ("time", "\(time)"),
      ("time-unit", timeUnit?.rawValue ?? ""), ("tz", zone ?? ""),
    ] + values.map { ("value", "\($0.column)=\($0.metric)") }
      + labelColumns.map { ("label-column", "\($0.name)=\($0.column)") }
      + labels.map { ("label", "\($0.key)=\($0.value)") }
  }

  private func fixedBytes(_ metric: String) -> Int {
    // Twice: everything may have to be escaped. 64 for the rest of a line.
    2
      * (metric.utf8.count + labels.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 2 }
        + labelColumns.reduce(0) { $0 + $1.name.utf8.count + 2 }) + 64
  }

  private func check() throws(UsageError) {
    let columns = labelColumns.map { (key: $0.name, value: "x") }
    for value in values {
      do throws(SeriesKeyError) {
        _ = try SeriesKey(name: value.metric, labels: labels.filter { !$0.value.isEmpty } + columns)
      } catch {
        throw UsageError(error.description)
      }
      try LineText.check(metric: value.metric)
    }
    for label in labels { try LineText.check(label: label.key, value: label.value) }
    for label in columns { try LineText.check(label: label.key, value: label.value) }
    guard Set(values.map(\.metric)).count == values.count else {
      throw UsageError("two --value columns would go to one metric: name it as in --value COLUMN=METRIC")
    }
  }
}
