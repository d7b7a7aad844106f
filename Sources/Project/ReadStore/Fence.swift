import Postgres

/// The first statement of every transaction that writes rows of a build: moves the progress of all shards concerned from
/// where this projector left it, and shows by the number of rows whether that was still so.
///
/// Why it is enough. Whoever takes a shard locks its progress row, raises `epoch` and reads back rows and progress in one
/// transaction (`ReadStore.take`); whoever writes updates the same row first. So the two take turns on the row's lock:
/// - The writer comes first: the taker waits for its end and then sees its rows and its progress, or none of them.
/// - The taker comes first: the writer waits on the row, and under READ COMMITTED Postgres evaluates the WHERE anew on the
///   row's newest version. Its epoch is another one, the row does not count, and the writer rolls back.
/// A projector that only thinks that it still has the shard can therefore write nothing, whatever its lease says: the
/// lease keeps two from working for nothing, the epoch keeps the rows right. `position = old` adds that a flush that is
/// tried twice cannot count twice.
///
/// A fold writes rows too and moves no position: the same statement, with the new position equal to the old one.
package struct Fence {
  private var builds: [Int32] = []
  private var shards: [Int32] = []
  private var oldPositions: [Int64] = []
  private var newPositions: [Int64] = []
  private var hashes: [[UInt8]] = []
  private var epochs: [Int64] = []
  private var offsets: [Int64?] = []

  package init() {}

  package var count: Int { builds.count }

  /// `new` has the epoch of `old`.
  package mutating func add(_ shard: BuildShard, from old: ShardProgress, to new: ShardProgress) {
    precondition(old.epoch == new.epoch && new.position >= old.position, "BUG: progress of \(shard) goes back")
    builds.append(shard.build)
    shards.append(Int32(truncatingIfNeeded: shard.shard))
    oldPositions.append(old.position)
    newPositions.append(new.position)
    hashes.append(new.hash)
    epochs.append(old.epoch)
    offsets.append(new.offset)
  }

  /// For a fold: nothing moves.
  package mutating func add(_ shard: BuildShard, at progress: ShardProgress) {
    add(shard, from: progress, to: progress)
  }

  /// One statement for all, because each is a round trip. The order in which it locks the rows is the plan's; a deadlock
  /// with a projector that has the same shards is possible then, and as good as any other end of one of the two.
  static let statement = PostgresStatement(
    "fence",
    """
    UPDATE daybook_read.progress AS p
    SET position = w.new, hash = w.hash, kafka_offset = coalesce(w.kafka_offset, p.kafka_offset),
      updated_at = CASE WHEN w.new > w.old THEN $8 ELSE p.updated_at END,
      problem = CASE WHEN w.new > w.old THEN NULL ELSE p.problem END
    FROM unnest($1, $2, $3, $4, $5, $6, $7) AS w (build, shard, old, new, hash, epoch, kafka_offset)
    WHERE p.build = w.build AND p.shard = w.shard AND p.position = w.old AND p.epoch = w.epoch
    """)

  func parameters(at wall: Int64) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int32Array(builds)
    parameters.int32Array(shards)
    parameters.int64Array(oldPositions)
    parameters.int64Array(newPositions)
    parameters.byteaArray(hashes)
    parameters.int64Array(epochs)
    parameters.int64Array(offsets)
    parameters.int64(wall)
    return parameters
  }
}
