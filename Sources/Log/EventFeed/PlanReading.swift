import Events

/// The rows that a fetch gave, taken apart shard by shard as far as one event follows on the other.
struct PlanReading {
  private struct Place {
    /// Of the last event, as long as there is no fault.
    var position: Int64
    var hash: [UInt8]
    /// No more is wanted.
    let end: Int64
    var fault: FeedFault?
  }

  /// By shard, then position; per shard without a gap.
  private(set) var records: [EventRecord] = []
  private var places: [Int: Place]
  private let shares: [FetchPlan.Share]

  /// - Parameter hashes: of the events that the shares begin after.
  init(_ plan: FetchPlan, hashes: [Int: [UInt8]], expecting count: Int) {
    shares = plan.shares
    places = Dictionary(
      plan.shares.map { share in
        let hash = share.after == 0 ? EventHash.beforeFirst : hashes[share.shard] ?? []
        return (share.shard, Place(position: share.after, hash: hash, end: share.after + Int64(share.events)))
      }, uniquingKeysWith: { first, _ in first })
    records.reserveCapacity(count)
  }

  /// The next row, in the order of shards and positions.
  mutating func take(_ row: StoredRow) {
    guard var place = places[row.shard], place.fault == nil, place.position < place.end else { return }
    do throws(FaultCause) {
      for event in try row.events(after: place.position, hash: place.hash) {
        guard event.position == place.position + 1 else { throw Self.missing(place.position + 1) }
        records.append(event)
        (place.position, place.hash) = (event.position, event.hash)
      }
    } catch {
      place.fault = FeedFault(shard: row.shard, position: place.position + 1, error)
    }
    places[row.shard] = place
  }

  /// After the last row. The head said that there is something, so each share has at least one event.
  mutating func finish() {
    for share in shares where places[share.shard]?.position == share.after && places[share.shard]?.fault == nil {
      places[share.shard]?.fault = FeedFault(
        shard: share.shard, position: share.after + 1, Self.missing(share.after + 1))
    }
  }

  var faults: [FeedFault] { shares.compactMap { places[$0.shard]?.fault } }

  /// Whether a share was cut by its bytes or samples: it has fewer events than asked for.
  var isCut: Bool {
    places.values.contains { $0.fault == nil && $0.position < $0.end }
  }

  private static func missing(_ position: Int64) -> FaultCause { .storeChanged("event \(position) is missing") }
}
