import Events
import Postgres
import ProjectionKit
import ReadStore
import Runtime
import TestSupport
import Testing

@Suite struct FenceTests {
  /// A database with one build, and two projectors' connections to it.
  private final class Scene {
    let database: TestDatabase
    let build: Build
    let one: ReadStore
    let other: ReadStore

    init() throws {
      database = try TestDatabase.make()
      one = try ReadStore(database.address("daybook_projector"), application: "one")
      other = try ReadStore(database.address("daybook_projector"), application: "other")
      let identity = try TestLog(database.address()).identity()
      guard let build = try one.ensureBuild(of: LedgerProjection(), store: identity).first else {
        preconditionFailure("BUG: no build")
      }
      self.build = build
    }

    func key(_ shard: Int) -> BuildShard { BuildShard(build: build.id, shard: shard) }

    /// Moves the shards by one event each and writes a row for it, as a flush does.
    func flush(_ store: ReadStore, _ shards: [(Int, ShardProgress)]) throws {
      var fence = Fence()
      for (shard, progress) in shards { fence.add(key(shard), from: progress, to: next(progress)) }
      try store.write(fence, at: 1, notify: true) { transaction in
        try transaction.execute(
          "INSERT INTO \(build.schema).rows SELECT * FROM unnest($1, $2)",
          [
            .array(.int32(shards.map { Int32($0.0) })), .array(.int64(shards.map { $0.1.position + 1 })),
          ])
      }
    }

    func next(_ progress: ShardProgress) -> ShardProgress {
      ShardProgress(
        position: progress.position + 1, hash: Array(repeating: 7, count: 32), epoch: progress.epoch)
    }

    func rows() throws -> Int64 {
      try database.connect().query(sql: "SELECT count(*) FROM \(build.schema).rows").int64(0, 0)
    }
  }

  private func expectFenced(_ body: () throws -> Void) {
    do {
      try body()
      Issue.record("it was written")
    } catch let error as ReadStoreError {
      guard case .fenced = error else {
        Issue.record("unexpected \(error)")
        return
      }
      #expect(error.disposition == .retry)
    } catch {
      Issue.record("unexpected \(error)")
    }
  }

  @Test func aFlushWritesRowsAndProgressTogether() throws {
    let scene = try Scene()
    let progress = try scene.one.take(scene.key(3)) { _, _ in }
    #expect(progress == ShardProgress(position: 0, hash: EventHash.beforeFirst, epoch: 1))
    try scene.flush(scene.one, [(3, progress)])
    #expect(try scene.rows() == 1)
    let taken = try scene.other.take(scene.key(3)) { _, _ in }
    #expect(taken == ShardProgress(position: 1, hash: Array(repeating: 7, count: 32), epoch: 2))
  }

  @Test func anOffsetIsKeptOverFlushesWithoutOneAndReadBack() throws {
    let scene = try Scene()
    var progress = try scene.one.take(scene.key(3)) { _, _ in }
    #expect(progress.offset == nil)
    for offset in [nil, 70, nil, 90, nil] as [Int64?] {
      var next = scene.next(progress)
      next.offset = offset
      var fence = Fence()
      fence.add(scene.key(3), from: progress, to: next)
      fence.add(scene.key(4), at: try scene.one.take(scene.key(4)) { _, _ in })
      try scene.one.write(fence, at: 1, notify: false) { _ in }
      progress = next
    }
    #expect(try scene.one.take(scene.key(3)) { _, _ in }.offset == 90)
    #expect(try scene.one.take(scene.key(4)) { _, _ in }.offset == nil)
  }

  @Test func aProblemIsOfAnEpochAndGoesWhenTheShardMovesOn() throws {
    let scene = try Scene()
    func problems() throws -> [Int64] {
      let rows = try scene.database.connect().query(
        sql: "SELECT shard::bigint FROM daybook_read.progress WHERE problem = 'stuck' ORDER BY shard")
      return try (0..<rows.rowCount).map { try rows.int64($0, 0) }
    }
    let old = try scene.other.take(scene.key(0)) { _, _ in }
    var progress: [BuildShard: ShardProgress] = [:]
    for shard in 0..<4 { progress[scene.key(shard)] = try scene.one.take(scene.key(shard)) { _, _ in } }
    try scene.one.note("stuck", for: progress)
    #expect(try problems() == [0, 1, 2, 3])
    // Whose epoch is over has no say.
    try scene.other.note(nil, for: [scene.key(0): old])
    #expect(try problems() == [0, 1, 2, 3])
    var fold = Fence()
    for (key, progress) in progress { fold.add(key, at: progress) }
    try scene.one.write(fold, at: 1, notify: false) { _ in }
    #expect(try problems() == [0, 1, 2, 3])
    try scene.flush(scene.one, [(1, try #require(progress[scene.key(1)]))])
    #expect(try problems() == [0, 2, 3])
    _ = try scene.other.take(scene.key(2)) { _, _ in }
    #expect(try problems() == [0, 3])
    try scene.one.note(nil, for: progress)
    #expect(try problems() == [])
  }

  @Test func aFlushWithAnOldEpochIsRefusedAndWritesNothing() throws {
    let scene = try Scene()
    let old = try scene.one.take(scene.key(0)) { _, _ in }
    let untouched = try scene.one.take(scene.key(1)) { _, _ in }
    _ = try scene.other.take(scene.key(0)) { _, _ in }
    expectFenced { try scene.flush(scene.one, [(0, old), (1, untouched)]) }
    #expect(try scene.rows() == 0)
    // What this projector still has can be flushed, on the same connection.
    try scene.flush(scene.one, [(1, untouched)])
    #expect(try scene.rows() == 1)
  }

  @Test func aFoldWithAnOldEpochIsRefused() throws {
    let scene = try Scene()
    let old = try scene.one.take(scene.key(0)) { _, _ in }
    _ = try scene.other.take(scene.key(0)) { _, _ in }
    var fence = Fence()
    fence.add(scene.key(0), at: old)
    expectFenced {
      try scene.one.write(fence, at: 1, notify: false) { _ in Issue.record("the fold was begun") }
    }
  }

  @Test func theSameFlushTwiceIsRefused() throws {
    let scene = try Scene()
    let progress = try scene.one.take(scene.key(0)) { _, _ in }
    try scene.flush(scene.one, [(0, progress)])
    expectFenced { try scene.flush(scene.one, [(0, progress)]) }
    #expect(try scene.rows() == 1)
  }

  @Test func aFoldMovesNothing() throws {
    let scene = try Scene()
    let progress = try scene.one.take(scene.key(0)) { _, _ in }
    var fence = Fence()
    fence.add(scene.key(0), at: progress)
    try scene.one.write(fence, at: 77, notify: false) { _ in }
    let row = try scene.database.connect().query(
      sql: "SELECT position, epoch, updated_at FROM daybook_read.progress WHERE shard = 0")
    #expect(try (0..<2).map { try row.int64(0, $0) } == [0, 1])
    #expect(try row.int64(0, 2) != 77)
  }

  @Test func whoeverTakesAShardWaitsForAWriterAndSeesItsRows() throws {
    let scene = try Scene()
    let progress = try scene.one.take(scene.key(0)) { _, _ in }
    let (address, key) = (scene.database.address("daybook_projector"), scene.key(0))
    var fence = Fence()
    fence.add(key, from: progress, to: scene.next(progress))
    let taker = TakerThread(address, key, rowsOf: scene.build.schema)
    try scene.one.write(fence, at: 1, notify: false) { transaction in
      taker.start()
      let owner = try scene.database.connect()
      try waitUntil("the taker waits for the row's lock") {
        try owner.query(sql: "SELECT count(*) FROM pg_locks WHERE NOT granted").int64(0, 0) > 0
      }
      try transaction.execute("INSERT INTO \(scene.build.schema).rows VALUES (0, 1)")
    }
    let result = try taker.result()
    #expect(result.progress.position == 1)
    #expect(result.progress.epoch == 2)
    #expect(result.rows == 1)
  }

  @Test func anErrorInTheBodyRollsBackAndLeavesTheConnectionUsable() throws {
    let scene = try Scene()
    let progress = try scene.one.take(scene.key(0)) { _, _ in }
    var fence = Fence()
    fence.add(scene.key(0), from: progress, to: scene.next(progress))
    #expect(throws: PostgresError.self) {
      try scene.one.write(fence, at: 1, notify: false) { try $0.execute("INSERT INTO nowhere VALUES (1)") }
    }
    #expect(throws: ProjectionError.self) {
      try scene.one.write(fence, at: 1, notify: false) { _ in
        throw ProjectionError.damaged(table: "rows", reason: "a test")
      }
    }
    try scene.flush(scene.one, [(0, progress)])
    #expect(try scene.rows() == 1)
  }

  @Test func anErrorThatABodySwallowsStillCommitsNothing() throws {
    let scene = try Scene()
    let progress = try scene.one.take(scene.key(0)) { _, _ in }
    var fence = Fence()
    fence.add(scene.key(0), from: progress, to: scene.next(progress))
    #expect(throws: PostgresError.self) {
      try scene.one.write(fence, at: 1, notify: true) { _ = try? $0.execute("INSERT INTO nowhere VALUES (1)") }
    }
    #expect(try scene.one.take(scene.key(0)) { _, _ in }.position == 0)
  }

  @Test func whoListensIsToldAfterAFlush() throws {
    let scene = try Scene()
    let listener = try scene.database.connect("daybook_query")
    try listener.listen(ReadStore.channel)
    let progress = try scene.one.take(scene.key(0)) { _, _ in }
    try scene.flush(scene.one, [(0, progress)])
    #expect(try listener.waitForNotification(timeout: .seconds(20)) == [ReadStore.channel])
  }

  @Test func aShardOfADroppedBuildCannotBeTaken() throws {
    let scene = try Scene()
    try scene.database.connect().execute("DELETE FROM daybook_read.builds")
    #expect(throws: ReadStoreError.self) { try scene.one.take(scene.key(0)) { _, _ in } }
  }
}
