import Events

/// The keys of the labels of several series, each once. Keys are the same when their bytes are.
struct LabelKeys {
  private var keys: Set<[UInt8]> = []
  private var latest: [String] = []

  init(_ labels: some Sequence<SeriesLabels>) {
    for labels in labels { add(labels) }
  }

  init(_ keys: [String]) {
    for key in keys { self.keys.insert(Array(key.utf8)) }
  }

  private mutating func add(_ labels: SeriesLabels) {
    // Most series have the keys of the one before them.
    let isKnown = latest.elementsEqual(labels.labels) { $0.utf8.elementsEqual($1.key.utf8) }
    if isKnown { return }
    latest = labels.labels.map(\.key)
    for key in latest { keys.insert(Array(key.utf8)) }
  }

  /// By rising bytes.
  var sorted: [String] {
    keys.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
  }
}
