/// Why a shard cannot be read on. The other shards can.
package struct FeedFault: Hashable, Sendable, CustomStringConvertible {
  package let shard: Int
  /// Of the first event that cannot be given.
  package let position: Int64
  /// Safe to show: holds nothing of what is in the event.
  package let reason: String
  /// What a person does about it.
  package let remedy: String

  package init(shard: Int, position: Int64, reason: String, remedy: String) {
    self.shard = shard
    self.position = position
    self.reason = reason
    self.remedy = remedy
  }

  package init(shard: Int, position: Int64, _ cause: FaultCause) {
    self.init(shard: shard, position: position, reason: cause.reason, remedy: cause.remedy)
  }

  package var description: String {
    "cannot read shard \(shard) on from event \(position): \(reason); \(remedy)"
  }
}
