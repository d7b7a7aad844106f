import Events
import ProjectionKit
import ReadModels

/// Collects what was registered and described since the last flush, and writes it.
final class CatalogueFold: ProjectionFold {
  private let schema: String
  private var collected: [Int: CatalogueChanges] = [:]

  init(schema: String) { self.schema = schema }

  /// Memory holds nothing beyond a flush.
  func restore(shard: Int, from transaction: any ReadTransaction) throws {}

  func forget(shard: Int) { collected[shard] = nil }

  func apply(_ event: DecodedEvent) throws {
    switch event.content {
    case .seriesRegistered(let entries): collected[event.shard, default: CatalogueChanges()].registered += entries
    case .metricDescribed(let described): collected[event.shard, default: CatalogueChanges()].describe(described)
    case .samplesRecorded: break
    }
  }

  func flush(_ transaction: any ReadTransaction) throws {
    if collected.isEmpty { return }
    let changes = collected.sorted { $0.key < $1.key }.map(\.value)
    let descriptions = DescriptionRows(changes)
    let rows = CatalogueRows(changes.flatMap(\.registered), described: descriptions.names)
    if !rows.ids.isEmpty { try writeSeries(rows, transaction) }
    try writeMetrics(rows, transaction)
    if !descriptions.names.isEmpty { try writeDescriptions(descriptions, transaction) }
  }

  func flushCommitted() { collected.removeAll() }

  private func writeSeries(_ rows: CatalogueRows, _ transaction: any ReadTransaction) throws {
    try transaction.copyIn(
      "\(schema).\(CatalogueTables.series)",
      [("id", .int64(rows.ids)), ("name", .text(rows.names)), ("labels", .packed(rows.labels))])
  }

  /// Also locks, in order of name, every row that `writeDescriptions` changes after it: of two projectors that hold
  /// different shards none can wait for the other in a circle.
  private func writeMetrics(_ rows: CatalogueRows, _ transaction: any ReadTransaction) throws {
    try transaction.execute(
      """
      INSERT INTO \(schema).\(CatalogueTables.metrics) AS m (name, series)
      SELECT * FROM unnest($1, $2)
      ON CONFLICT (name) DO UPDATE SET series = m.series + excluded.series
      """, [.array(.text(rows.metrics)), .array(.int64(rows.counts))])
  }

  private func writeDescriptions(_ rows: DescriptionRows, _ transaction: any ReadTransaction) throws {
    try transaction.execute(
      """
      UPDATE \(schema).\(CatalogueTables.metrics) m SET
        unit = CASE WHEN d.says_unit THEN d.unit ELSE m.unit END,
        description = CASE WHEN d.says_description THEN d.description ELSE m.description END,
        kind = CASE WHEN d.says_kind THEN d.kind ELSE m.kind END
      FROM unnest($1, $2, $3, $4, $5, $6, $7)
        d (name, says_unit, unit, says_description, description, says_kind, kind)
      WHERE m.name = d.name
      """,
      [
        .array(.text(rows.names)), .array(.bool(rows.units.isSaid)), .array(.textOrNull(rows.units.values)),
        .array(.bool(rows.descriptions.isSaid)), .array(.textOrNull(rows.descriptions.values)),
        .array(.bool(rows.kinds.isSaid)), .array(.textOrNull(rows.kinds.values)),
      ])
  }
}
