import Events
import Postgres
import ProjectionKit
import ReadModels
import ReadStore
import TestSupport
import Timeline

/// One build of the timeline in a database of its own, driven as the engine drives it.
final class TimelineBench {
  static let shards = 2
  static let recordedAt: Int64 = 1_700_000_000_000_000_000

  let database: TestDatabase
  let store: ReadStore
  let schema: String
  private(set) var fold: TimelineFold
  /// What the fold is told.
  var moment = ProjectionMoment(wall: recordedAt, monotonic: 1_000_000_000_000)
  private let limits: TimelineLimits
  private var positions = [Int64](repeating: 0, count: shards)

  init(limits: TimelineLimits = .standard) throws {
    self.limits = limits
    database = try TestDatabase.make(shards: Self.shards)
    store = try ReadStore(database.address("daybook_projector"), application: "timeline tests")
    let identity = StoreIdentity(idHigh: 1, idLow: 2, generation: 1, shards: Self.shards)
    guard let build = try store.ensureBuild(of: TimelineProjection(), store: identity).first else {
      throw Missing("a build")
    }
    schema = build.schema
    fold = TimelineFold(schema: schema, shards: Self.shards, limits: limits)
  }

  struct Missing: Error {
    let what: String
    init(_ what: String) { self.what = what }
  }

  /// Lets time pass for the fold.
  func advance(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    moment = ProjectionMoment(wall: moment.wall + Int64(nanoseconds), monotonic: moment.monotonic + nanoseconds)
  }

  /// Records samples as one event per shard, and does not flush.
  func record(_ mode: SampleMode, _ samples: [TestSample]) throws {
    for shard in 0..<Self.shards {
      var columns = SampleColumns()
      for sample in samples where sample.series % Int64(Self.shards) == shard {
        columns.append(series: sample.series, time: sample.time, value: sample.value)
      }
      if columns.isEmpty { continue }
      positions[shard] += 1
      try fold.apply(
        DecodedEvent(
          shard: shard, position: positions[shard], recordedAt: Self.recordedAt, hash: [],
          content: .samplesRecorded(mode: mode, samples: columns)))
    }
  }

  func flush() throws {
    try write { try fold.flush($0) }
    fold.flushCommitted()
  }

  /// One slice; returns whether there is more.
  @discardableResult
  func foldSlice() throws -> Bool {
    var more = false
    try write { more = try fold.fold($0, at: moment) }
    fold.foldCommitted()
    return more
  }

  func foldAll() throws { while try foldSlice() {} }

  func maintain() throws { try write { while try fold.maintain($0, at: moment) {} } }

  /// A new projector in place of the old one.
  func restart() throws {
    fold = TimelineFold(schema: schema, shards: Self.shards, limits: limits)
    for shard in 0..<Self.shards { try write { try fold.restore(shard: shard, from: $0) } }
  }

  func write(_ body: (any ReadTransaction) throws -> Void) throws {
    try store.write(Fence(), at: moment.wall, notify: false, body)
  }

  /// All rows of a table as text, which is exact for every column but for which NaN a NaN is; those of sums have one
  /// only, and `samples` are bytes.
  func dump(_ table: String) throws -> [String] {
    try strings("SELECT t::text FROM \(schema).\(table) t ORDER BY 1")
  }

  /// The main part.
  func dumpAll() throws -> [String] {
    try [TimelineTables.hours, TimelineTables.minutes, TimelineTables.days, TimelineTables.spans].flatMap { table in
      try dump(table).map { "\(table) \($0)" }
    }
  }

  func strings(_ sql: String) throws -> [String] {
    var strings: [String] = []
    try write { transaction in
      let rows = try transaction.query(sql)
      for row in 0..<rows.count { strings.append(try rows.text(row, 0)) }
    }
    return strings
  }

  func count(_ table: String) throws -> Int {
    Int(try strings("SELECT count(*)::text FROM \(schema).\(table)").first ?? "") ?? -1
  }
}
