package import Events

/// One build of a projection at work: what it holds in memory, and how that becomes rows.
///
/// Confined to the engine's thread: it is made, used and dropped there. Its life per shard:
///
///     restore(shard) → apply(event)… → flush → flushCommitted → apply(event)… → … → forget(shard) → restore(shard) …
///
/// Whatever fails (an error thrown here, a lost connection, a shard that another projector took) ends in a rolled-back
/// transaction and `forget` for every shard that this fold holds; `restore` then builds the memory again from the rows.
/// So nothing here undoes anything by itself: memory is what restored rows and applied events made it.
///
/// Inside `restore`, `flush`, `fold` and `maintain` the engine has already fenced the shards concerned in the same
/// transaction (position and epoch are this projector's, and their progress rows stay locked until its end): whatever
/// is read or written for these shards in there can be seen and changed by nobody else who projects.
package protocol ProjectionFold: AnyObject {
  /// Reads back what memory needs for a shard, after this projector has taken it. The memory for it is empty before:
  /// it was never held, or `forget` was called.
  func restore(shard: Int, from transaction: any ReadTransaction) throws

  /// The shard is lost, or its memory is not to be trusted any more: drops all that is held of it, collected events too.
  func forget(shard: Int)

  /// Collects an event of a restored shard; no IO. Called once per event, in the order of positions within a shard.
  /// What it throws stops this build for good (`ProjectionError.unusable`): the event will be the same next time.
  func apply(_ event: DecodedEvent) throws

  /// Writes all that was collected since the last flush, of all shards. The engine has put the progress into the same
  /// transaction, and commits.
  func flush(_ transaction: any ReadTransaction) throws

  /// The flush is committed: what it wrote is in the tables.
  func flushCommitted()

  /// How badly `fold` is wanted. Asked after each flush and while nothing happens; must be cheap.
  func foldDemand(at moment: ProjectionMoment) -> FoldDemand

  /// What is held for folds; nil where nothing ever is. Asked now and then; must be cheap.
  var load: FoldLoad? { get }

  /// One slice of moving what was flushed into its final place, in a short transaction of its own (aim at 50 ms: no
  /// flush can happen meanwhile). Only called when nothing is collected and not flushed; what it writes must leave the
  /// read model equal at every commit, since queries run between two slices.
  /// - Returns: whether there is more to do.
  func fold(_ transaction: any ReadTransaction, at moment: ProjectionMoment) throws -> Bool

  /// The slice is committed.
  func foldCommitted()

  /// Deletes what was left behind for readers, in a short transaction of its own. Called every few seconds.
  /// - Returns: whether there is more to do.
  func maintain(_ transaction: any ReadTransaction, at moment: ProjectionMoment) throws -> Bool
}

/// A fold whose flush is final needs none of the second half.
extension ProjectionFold {
  package func foldDemand(at moment: ProjectionMoment) -> FoldDemand { .none }
  package func fold(_ transaction: any ReadTransaction, at moment: ProjectionMoment) throws -> Bool { false }
  package func foldCommitted() {}
  package var load: FoldLoad? { nil }
  package func maintain(_ transaction: any ReadTransaction, at moment: ProjectionMoment) throws -> Bool { false }
}
