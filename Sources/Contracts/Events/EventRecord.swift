/// One row of the events table: an event as it is stored and read.
package struct EventRecord: Hashable, Sendable {
  package var shard: Int
  package var position: Int64
  package var type: EventType
  package var schemaVersion: Int16
  /// Nanoseconds since 1970 UTC, never earlier than the shard's event before it.
  package var recordedAt: Int64
  /// The UUID (version 7) of the command behind it, in halves.
  package var commandHigh: UInt64
  package var commandLow: UInt64
  /// The first and the last time of its samples, in nanoseconds since 1970 UTC; both 0 in an event without times.
  package var timeMin: Int64
  package var timeMax: Int64
  package var sampleCount: Int32
  /// An encoded `EventMetadata`.
  package var metadata: [UInt8]
  /// Encoded as `type` and `schemaVersion` say, at most `EventRecord.payloadLimit` bytes.
  package var payload: [UInt8]
  /// 32 bytes: SHA-256 over what `EventHash` says.
  package var hash: [UInt8]

  /// The most bytes of a payload: half of what Kafka takes by default (1 MB), so that a record always fits.
  package static let payloadLimit = 512 * 1024

  package init(
    shard: Int, position: Int64, type: EventType, schemaVersion: Int16, recordedAt: Int64, commandHigh: UInt64,
    commandLow: UInt64, timeMin: Int64, timeMax: Int64, sampleCount: Int32, metadata: [UInt8], payload: [UInt8],
    hash: [UInt8] = []
  ) {
    self.shard = shard
    self.position = position
    self.type = type
    self.schemaVersion = schemaVersion
    self.recordedAt = recordedAt
    self.commandHigh = commandHigh
    self.commandLow = commandLow
    self.timeMin = timeMin
    self.timeMax = timeMax
    self.sampleCount = sampleCount
    self.metadata = metadata
    self.payload = payload
    self.hash = hash
  }

  package var shardPosition: ShardPosition { ShardPosition(shard: shard, position: position) }
}
