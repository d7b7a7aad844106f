import Events
import ProjectionKit
import Synchronization

/// Writes a row per event, in the order in which they were applied, and keeps in memory how many there are: so that an
/// event that is lost, doubled or out of order shows in the rows, and memory that was not restored shows in `total`.
/// Its fold moves the rows from `arrived` to `filed`.
struct JournalProjection: Projection {
  var name = "journal"
  var version = 1
  /// Throws at the event with this position in shard 0.
  var poison: Int64?
  /// How much it wants a fold while rows have arrived.
  var demand = FoldDemand.none
  /// At most so many rows a slice.
  var slice = 10
  let witness = Witness()

  var schema: [UInt8] {
    Array(
      """
      CREATE TABLE {{schema}}.arrived (place bigint GENERATED ALWAYS AS IDENTITY, shard int, position bigint, total bigint);
      CREATE TABLE {{schema}}.filed (place bigint, shard int, position bigint, total bigint);
      """.utf8)
  }

  func makeFold(schema: String, shards: Int) -> any ProjectionFold { JournalFold(self, schema) }

  /// What the fold did, seen from the test's thread.
  final class Witness: Sendable {
    struct Counts: Sendable {
      var flushes = 0
      var folds = 0
      var largestFlush = 0
      var maintained = 0
    }
    private let counts = Mutex(Counts())
    var now: Counts { counts.withLock { $0 } }
    func note(_ change: (inout Counts) -> Void) { counts.withLock { change(&$0) } }
  }
}

final class JournalFold: ProjectionFold {
  private let projection: JournalProjection
  private let schema: String
  private var total: [Int: Int64] = [:]
  private var collected: [(shard: Int, position: Int64, total: Int64)] = []
  /// By shard.
  private var unfiled: [Int: Int64] = [:]

  init(_ projection: JournalProjection, _ schema: String) {
    self.projection = projection
    self.schema = schema
  }

  func restore(shard: Int, from transaction: any ReadTransaction) throws {
    let rows = try transaction.query(
      """
      SELECT (SELECT count(*) FROM \(schema).arrived WHERE shard = $1), (SELECT count(*) FROM \(schema).filed WHERE shard = $1)
      """, [.int32(Int32(shard))])
    let arrived = try rows.int64(0, 0)
    total[shard] = arrived + (try rows.int64(0, 1))
    unfiled[shard] = arrived
  }

  func forget(shard: Int) {
    total[shard] = nil
    unfiled[shard] = nil
  }

  func apply(_ event: DecodedEvent) throws {
    if event.shard == 0, event.position == projection.poison {
      throw ProjectionError.unusable(shard: 0, position: event.position, reason: "the test says so")
    }
    let count = (total[event.shard] ?? -1_000_000) + 1
    total[event.shard] = count
    collected.append((event.shard, event.position, count))
  }

  func flush(_ transaction: any ReadTransaction) throws {
    try transaction.copyIn(
      "\(schema).arrived",
      [
        ("shard", .int32(collected.map { Int32($0.shard) })), ("position", .int64(collected.map(\.position))),
        ("total", .int64(collected.map(\.total))),
      ])
  }

  func flushCommitted() {
    let count = collected.count
    for event in collected { unfiled[event.shard, default: 0] += 1 }
    collected.removeAll()
    projection.witness.note {
      $0.flushes += 1
      $0.largestFlush = max($0.largestFlush, count)
    }
  }

  func foldDemand(at moment: ProjectionMoment) -> FoldDemand {
    unfiled.values.contains { $0 > 0 } ? projection.demand : .none
  }

  func fold(_ transaction: any ReadTransaction, at moment: ProjectionMoment) throws -> Bool {
    let moved = try transaction.query(
      """
      WITH gone AS (
        DELETE FROM \(schema).arrived
        WHERE place IN (SELECT place FROM \(schema).arrived WHERE shard = ANY($2) ORDER BY place LIMIT $1)
        RETURNING *
      )
      INSERT INTO \(schema).filed SELECT * FROM gone RETURNING shard
      """, [.int64(Int64(projection.slice)), .array(.int32(unfiled.keys.map { Int32($0) }))])
    for row in 0..<moved.count { unfiled[Int(try moved.int64(row, 0)), default: 0] -= 1 }
    return unfiled.values.contains { $0 > 0 }
  }

  func foldCommitted() { projection.witness.note { $0.folds += 1 } }

  func maintain(_ transaction: any ReadTransaction, at moment: ProjectionMoment) throws -> Bool {
    projection.witness.note { $0.maintained += 1 }
    return false
  }
}
