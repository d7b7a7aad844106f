import Events
import ProjectionKit

/// The smallest projection: one table, no code.
struct LedgerProjection: Projection {
  var name = "ledger"
  var version = 1
  var schema: [UInt8] {
    Array("CREATE TABLE {{schema}}.rows (shard int, position bigint); CREATE INDEX ON {{schema}}.rows (shard);".utf8)
  }

  func makeFold(schema: String, shards: Int) -> any ProjectionFold { EmptyFold() }

  private final class EmptyFold: ProjectionFold {
    func restore(shard: Int, from transaction: any ReadTransaction) throws {}
    func forget(shard: Int) {}
    func apply(_ event: DecodedEvent) throws {}
    func flush(_ transaction: any ReadTransaction) throws {}
    func flushCommitted() {}
  }
}
