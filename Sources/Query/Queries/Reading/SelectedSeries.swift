import Events

/// The series that a query is about, by rising id, and their labels.
struct SelectedSeries {
  private enum Source {
    case columns(MetricSeries, [Int32])
    case labels([SeriesLabels])
  }

  let ids: [SeriesID]
  private let source: Source

  /// - Parameter places: in the metric's columns, rising.
  init(_ metric: MetricSeries, _ places: [Int32]) {
    ids = places.map { metric.ids[Int($0)] }
    source = .columns(metric, places)
  }

  /// - Parameter series: by rising id.
  init(_ series: [CataloguedSeries]) {
    ids = series.map(\.id)
    source = .labels(series.map(\.labels))
  }

  static let none = SelectedSeries([])

  /// The metric's columns that they come from.
  var metric: MetricSeries? {
    if case .columns(let metric, _) = source { metric } else { nil }
  }

  func labels(at index: Int) -> SeriesLabels {
    switch source {
    case .columns(let metric, let places): metric.labels(at: places[index])
    case .labels(let labels): labels[index]
    }
  }

  /// Per series the number of its group, and each group's labels.
  func groups(by keys: [String]) -> (groups: [SeriesLabels], numbers: [Int32]) {
    switch source {
    case .columns(let metric, let places): return metric.groups(of: places, by: keys)
    case .labels(let labels):
      var groups: [SeriesLabels] = []
      var numberOf: [SeriesLabels: Int32] = [:]
      var numbers: [Int32] = []
      for labels in labels {
        let group = labels.kept(keys)
        let number = numberOf[group] ?? Int32(truncatingIfNeeded: groups.count)
        if numberOf.updateValue(number, forKey: group) == nil { groups.append(group) }
        numbers.append(number)
      }
      return (groups, numbers)
    }
  }

  /// Every label key, by rising bytes.
  var keys: [String] {
    switch source {
    case .columns(let metric, let places): metric.keys(of: places)
    case .labels(let labels): LabelKeys(labels).sorted
    }
  }
}
