import ColumnCodec
import Events
import Hashing
import Postgres

/// The events of one transaction, as the columns that `daybook_events.append` takes. Shards must be opened in ascending
/// order and filled one after the other.
struct AppendRows: ~Copyable {

  /// One time for the whole transaction.
  let recordedAt: Int64

  private var known: [ShardHead] = []
  private(set) var newHeads: [ShardHead] = []

  private var shards: [Int32] = []
  private var positions: [Int64] = []
  private var types: [Int16] = []
  private var versions: [Int16] = []
  private var commandIDs: [(high: UInt64, low: UInt64)] = []
  private var timeMins: [Int64] = []
  private var timeMaxs: [Int64] = []
  private var sampleCounts: [Int32] = []
  private var metadatas: [[UInt8]] = []
  private var payloads: [[UInt8]] = []
  private var hashes: [[UInt8]] = []

  private var sha = SHA256()
  private var canonical = ByteBuffer(capacity: 512)
  private(set) var payloadBytes = 0

  /// `now` is the clock's; it is moved on to the latest `recorded_at` of the heads, so that time never goes back in a shard.
  init(heads: [ShardHead], now: Int64) {
    recordedAt = heads.reduce(now) { max($0, $1.recordedAt) }
  }

  var count: Int { shards.count }

  /// Of the event appended last.
  var position: Int64 { positions.last ?? 0 }

  mutating func open(_ head: ShardHead, newSeries: Int) {
    known.append(head)
    var opened = head
    opened.series += Int64(newSeries)
    opened.recordedAt = recordedAt
    newHeads.append(opened)
  }

  /// Appends an event to the shard opened last, sets its place and its hash.
  mutating func append(_ event: consuming EventRecord) {
    let index = newHeads.count - 1
    precondition(index >= 0 && newHeads[index].shard == event.shard, "BUG: an event for a shard that is not open")
    event.position = newHeads[index].position + 1
    event.recordedAt = recordedAt
    canonical.removeAll()
    EventHash.head(previous: newHeads[index].hash, record: event, into: &canonical)
    canonical.withUnsafeBytes { sha.update($0) }
    sha.update(event.payload)
    let hash = sha.finish()
    newHeads[index].position = event.position
    newHeads[index].hash = hash
    payloadBytes += event.payload.count
    shards.append(Int32(event.shard))
    positions.append(event.position)
    types.append(event.type.rawValue)
    versions.append(event.schemaVersion)
    commandIDs.append((event.commandHigh, event.commandLow))
    timeMins.append(event.timeMin)
    timeMaxs.append(event.timeMax)
    sampleCounts.append(event.sampleCount)
    metadatas.append(event.metadata)
    payloads.append(event.payload)
    hashes.append(hash)
  }

  /// The first event of the transaction: its place and hash tell whether the transaction was committed, because no other
  /// event can have that hash.
  var firstEvent: CommitEvidence? {
    guard count > 0 else { return nil }
    return CommitEvidence(shard: shards[0], position: positions[0], hash: hashes[0])
  }

  /// The parameters of `AppendStatements.append`.
  /// - Parameter generation: of the store, as the caller knows it.
  func parameters(generation: Int32) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int32Array(known.map { Int32($0.shard) })
    parameters.int64Array(known.map(\.position))
    parameters.byteaArray(known.map(\.hash))
    parameters.int64Array(newHeads.map(\.position))
    parameters.byteaArray(newHeads.map(\.hash))
    parameters.int64Array(newHeads.map(\.series))
    parameters.int64(recordedAt)
    parameters.int32Array(shards)
    parameters.int64Array(positions)
    parameters.int16Array(types)
    parameters.int16Array(versions)
    parameters.uuidArray(commandIDs)
    parameters.int64Array(timeMins)
    parameters.int64Array(timeMaxs)
    parameters.int32Array(sampleCounts)
    parameters.byteaArray(metadatas)
    parameters.byteaArray(payloads)
    parameters.byteaArray(hashes)
    parameters.int32(generation)
    return parameters
  }
}
