import ColumnCodec
import Events
import Hashing
import Postgres

/// The events of one transaction, as the columns of rows that `daybook_events.append` takes: an event each, or a run of
/// small ones. Shards must be opened in ascending order and filled one after the other; `close` ends it.
struct AppendRows: ~Copyable {

  /// One time for the whole transaction.
  let recordedAt: Int64

  private var known: [ShardHead] = []
  private(set) var newHeads: [ShardHead] = []
  /// Events of the shard opened last that are not in a row yet, small all of them.
  private var run: [EventRecord] = []
  private var runBytes = 0

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
  /// Events.
  private(set) var count = 0

  /// `now` is the clock's; it is moved on to the latest `recorded_at` of the heads, so that time never goes back in a shard.
  init(heads: [ShardHead], now: Int64) {
    recordedAt = heads.reduce(now) { max($0, $1.recordedAt) }
  }

  /// Of the event appended last.
  private(set) var position: Int64 = 0

  mutating func open(_ head: ShardHead, newSeries: Int) {
    endRun()
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
    event.hash = sha.finish()
    newHeads[index].position = event.position
    newHeads[index].hash = event.hash
    position = event.position
    count += 1
    payloadBytes += event.payload.count
    put(event)
  }

  /// To be called after the last event.
  mutating func close() { endRun() }

  // MARK: Rows

  private mutating func put(_ event: consuming EventRecord) {
    guard EventRun.takes(event) else {
      endRun()
      return putRow(event)
    }
    let size = EventRun.size(of: event)
    if run.count >= EventRun.countLimit || runBytes + size > EventRun.bytesLimit { endRun() }
    runBytes += size
    run.append(event)
  }

  /// One event alone is a row of the plain kind.
  private mutating func endRun() {
    defer {
      run.removeAll(keepingCapacity: true)
      runBytes = 0
    }
    guard let last = run.last else { return }
    putRow(last, run: run.count > 1 ? EventRun.encode(run[...]) : nil)
  }

  /// - Parameter run: a row of several events, of which `event` is the last; nil: the event has the row for itself.
  private mutating func putRow(_ event: borrowing EventRecord, run: EventRun.Row? = nil) {
    shards.append(Int32(event.shard))
    positions.append(event.position)
    types.append(run == nil ? event.type.rawValue : EventRun.rowType)
    versions.append(run == nil ? event.schemaVersion : EventRun.schemaVersion)
    commandIDs.append((event.commandHigh, event.commandLow))
    timeMins.append(run?.timeMin ?? event.timeMin)
    timeMaxs.append(run?.timeMax ?? event.timeMax)
    sampleCounts.append(run?.sampleCount ?? event.sampleCount)
    metadatas.append(run?.metadata ?? event.metadata)
    payloads.append(run?.payload ?? event.payload)
    hashes.append(event.hash)
  }

  /// The last event of the transaction in its first shard, which ends a row: that it stands there with this hash tells
  /// whether the transaction was committed, because no other event can have it.
  var evidence: CommitEvidence? {
    guard count > 0, let head = newHeads.first else { return nil }
    return CommitEvidence(shard: Int32(head.shard), position: head.position, hash: head.hash)
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
