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
    let pieces = Pieces(commands, shards: identity.shards)
    let touched = pieces.shards
    rows = AppendRows(heads: touched.map { Self.head($0, heads) }, now: now)
    self.registered = registered.values.flatMap(\.entries)
    var positions = Array(repeating: [ShardPosition](), count: commands.count)
    for shard in touched {
      let new = registered.isEmpty ? nil : registered[shard]
      rows.open(Self.head(shard, heads), newSeries: new?.entries.count ?? 0)
      if let new { appendRegistered(new.entries, by: commands[new.command], shard: shard, shards: identity.shards) }
      for piece in pieces.of(shard) {
        let command = commands[piece.command]
        switch command.shards[piece.part].content {
        case .packed(let events):
          for event in events { append(event, by: command, shard: shard) }
        case .waiting(let samples, let mode):
          let events = Self.events(samples, mode, of: command, ids: series.ids(of: command), shards: identity.shards)
          for event in events { append(event, by: command, shard: shard) }
        }
        positions[piece.command].append(ShardPosition(shard: shard, position: rows.position))
      }
    }
    rows.close()
    receipts.reserveCapacity(commands.count)
    for (index, command) in commands.enumerated() {
      receipts.append(
        AppendReceipt(
          commandID: command.id, token: PositionToken(of: identity, positions: positions[index]),
          accepted: command.accepted))
    }
  }

  /// The shards that commands touch, ascending.
  static func shards(of commands: [PreparedCommand]) -> [Int] {
    var touched: [Bool] = []
    for command in commands {
      for part in command.shards {
        if part.shard >= touched.count {
          touched.append(contentsOf: repeatElement(false, count: part.shard + 1 - touched.count))
        }
        touched[part.shard] = true
      }
    }
    return touched.indices.filter { touched[$0] }
  }

  private static func head(_ shard: Int, _ heads: [Int: ShardHead]) -> ShardHead {
    guard let head = heads[shard] else { preconditionFailure("BUG: the head of shard \(shard) is not known") }
    return head
  }

  /// What the commands add to each shard, in the order of the commands.
  private struct Pieces {
    struct Piece {
      let command: Int
      /// Index in the command's `shards`.
      let part: Int
    }

    private var byShard: [[Piece]]

    init(_ commands: [PreparedCommand], shards: Int) {
      byShard = Array(repeating: [], count: shards)
      for (command, prepared) in commands.enumerated() {
        for (part, content) in prepared.shards.enumerated() {
          byShard[content.shard].append(Piece(command: command, part: part))
        }
      }
    }

    /// Those with anything, ascending.
    var shards: [Int] { byShard.indices.filter { !byShard[$0].isEmpty } }

    func of(_ shard: Int) -> [Piece] { byShard[shard] }
  }

  private static func events(
    _ waiting: SampleColumns, _ mode: SampleMode, of command: PreparedCommand, ids: [Int64?], shards: Int
  ) -> [PreparedEvent] {
    var samples = waiting
    guard PreparedContent.number(&samples, ids) else {
      preconditionFailure("BUG: a series of command \(command.id) has no number after its registration")
    }
    return PreparedEvent.all(of: samples, mode: mode, shards: shards)
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
