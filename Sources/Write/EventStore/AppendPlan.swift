import Commands
import Events
import Runtime

/// All that one transaction writes to the log, worked out from the heads of its shards. Pure: does no IO.
struct AppendPlan: ~Copyable {
  private(set) var rows: AppendRows
  /// Of new series, per shard.
  let registered: [SeriesRegistered.Entry]
  /// In the order of the commands.
  private(set) var receipts: [AppendReceipt] = []

  /// `heads` holds every shard that the commands touch. `series` is told of those that are registered here, which may only
  /// be when the heads are locked.
  init(
    _ commands: [PreparedCommand], series: inout GroupSeries, heads: [Int: ShardHead], identity: StoreIdentity,
    now: Int64
  ) {
    let registered = series.register(heads: heads, shards: identity.shards)
    let touched = Self.shards(of: commands)
    rows = AppendRows(heads: touched.map { Self.head($0, heads) }, now: now)
    self.registered = registered.values.flatMap(\.entries)
    let ids = commands.map { series.ids(of: $0) }
    let pieces = Self.pieces(of: commands, shards: identity.shards)
    var positions = Array(repeating: [ShardPosition](), count: commands.count)
    for shard in touched {
      let new = registered[shard]
      rows.open(Self.head(shard, heads), newSeries: new?.entries.count ?? 0)
      if let new { appendRegistered(new.entries, by: commands[new.command], shard: shard, shards: identity.shards) }
      for (index, content) in pieces[shard] {
        let command = commands[index]
        let events = Self.events(content, of: command, ids: ids[index], shards: identity.shards)
        for event in events { append(event, by: command, shard: shard) }
        positions[index].append(ShardPosition(shard: shard, position: rows.position))
      }
    }
    receipts = zip(commands, positions).map { command, positions in
      AppendReceipt(
        commandID: command.id, token: PositionToken(of: identity, positions: positions), accepted: command.accepted)
    }
  }

  /// The shards that commands touch, ascending.
  static func shards(of commands: [PreparedCommand]) -> [Int] {
    Set(commands.flatMap { $0.shards.map(\.shard) }).sorted()
  }

  private static func head(_ shard: Int, _ heads: [Int: ShardHead]) -> ShardHead {
    guard let head = heads[shard] else { preconditionFailure("BUG: the head of shard \(shard) is not known") }
    return head
  }

  /// Per shard, in the order of the commands.
  private static func pieces(
    of commands: [PreparedCommand], shards: Int
  ) -> [[(command: Int, content: PreparedShard.Content)]] {
    var pieces = Array(repeating: [(command: Int, content: PreparedShard.Content)](), count: shards)
    for (index, command) in commands.enumerated() {
      for part in command.shards { pieces[part.shard].append((index, part.content)) }
    }
    return pieces
  }

  private static func events(
    _ content: PreparedShard.Content, of command: PreparedCommand, ids: [Int64?], shards: Int
  ) -> [PreparedEvent] {
    switch content {
    case .packed(let events): return events
    case .waiting(var samples, let mode):
      guard PreparedContent.number(&samples, ids) else {
        preconditionFailure("BUG: a series of command \(command.id) has no number after its registration")
      }
      return PreparedEvent.all(of: samples, mode: mode, shards: shards)
    }
  }

  /// New series stand before the first event that uses them. The event bears the id of the command that brought the first
  /// of them: a transaction has one such event per shard, whoever brought the others.
  private mutating func appendRegistered(
    _ entries: [SeriesRegistered.Entry], by command: PreparedCommand, shard: Int, shards: Int
  ) {
    for part in SeriesRegistered.split(entries, shards: shards) {
      rows.append(
        EventRecord(
          shard: shard, position: 0, type: .seriesRegistered, schemaVersion: EventType.seriesRegistered.schemaVersion,
          recordedAt: 0, commandHigh: command.id.high, commandLow: command.id.low, timeMin: 0, timeMax: 0,
          sampleCount: 0, metadata: command.metadata, payload: PayloadPacking.series(part)))
    }
  }

  private mutating func append(_ event: PreparedEvent, by command: PreparedCommand, shard: Int) {
    rows.append(
      EventRecord(
        shard: shard, position: 0, type: event.type, schemaVersion: event.type.schemaVersion,
        recordedAt: 0, commandHigh: command.id.high, commandLow: command.id.low, timeMin: event.timeMin,
        timeMax: event.timeMax, sampleCount: event.sampleCount, metadata: command.metadata, payload: event.payload))
  }
}
