import Events
import ProjectionKit

/// Registered series as columns of the catalogue's tables. Pure.
struct CatalogueRows {
  private(set) var ids: [Int64] = []
  private(set) var names: [String] = []
  /// jsonb in its binary format.
  private(set) var labels = PackedBytes()
  /// The names among `names` and of the described, each once, sorted by bytes: two projectors that hold different shards count series of the
  /// same metrics, and rows locked in one order cannot deadlock.
  private(set) var metrics: [String] = []
  /// Per metric: its series among these, 0 of one that was only described.
  private(set) var counts: [Int64] = []

  init(_ entries: [SeriesRegistered.Entry], described: [String]) {
    var counted: [[UInt8]: Int64] = [:]
    for name in described { counted[Array(name.utf8)] = 0 }
    for entry in entries {
      entry.key.withTexts { texts in
        guard let name = texts.first else { return }
        ids.append(entry.id.rawValue)
        names.append(String(decoding: name, as: UTF8.self))
        labels.append(LabelsJSON.binary(texts.dropFirst()))
        counted[[UInt8](name), default: 0] += 1
      }
    }
    // Names that differ in bytes are different metrics, also where Swift's texts are equal.
    for (name, count) in counted.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      metrics.append(String(decoding: name, as: UTF8.self))
      counts.append(count)
    }
  }
}
