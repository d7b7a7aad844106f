import Events
import ProjectionKit
import ReadModels

/// Collects what was registered since the last flush, and writes it.
final class CatalogueFold: ProjectionFold {
  private let schema: String
  private var collected: [Int: [SeriesRegistered.Entry]] = [:]

  init(schema: String) { self.schema = schema }

  /// Memory holds nothing beyond a flush.
  func restore(shard: Int, from transaction: any ReadTransaction) throws {}

  func forget(shard: Int) { collected[shard] = nil }

  func apply(_ event: DecodedEvent) throws {
    guard case .seriesRegistered(let entries) = event.content else { return }
    collected[event.shard, default: []] += entries
  }

  func flush(_ transaction: any ReadTransaction) throws {
    if collected.isEmpty { return }
    let rows = CatalogueRows(collected.sorted { $0.key < $1.key }.flatMap(\.value))
    try transaction.copyIn(
      "\(schema).\(CatalogueTables.series)",
      [("id", .int64(rows.ids)), ("name", .text(rows.names)), ("labels", .packed(rows.labels))])
    try transaction.execute(
      """
      INSERT INTO \(schema).\(CatalogueTables.metrics) AS m (name, series)
      SELECT * FROM unnest($1, $2)
      ON CONFLICT (name) DO UPDATE SET series = m.series + excluded.series
      """, [.array(.text(rows.metrics)), .array(.int64(rows.counts))])
  }

  func flushCommitted() { collected.removeAll() }
}
