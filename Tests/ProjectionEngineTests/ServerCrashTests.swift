import Postgres
import PostgresCluster
import ProjectionEngine
import ProjectionKit
import Runtime
import TestSupport
import Testing

@Suite struct ServerCrashTests {
  /// The read store's commits do not wait for the disk, so a crash takes the last of them back: rows and progress
  /// together, or the test sees events twice or not at all.
  @Test func aServerKilledAndStoppedUnderTheEngineLosesAndDoublesNothing() throws {
    let server = try PrivateServer()
    let scene = try EngineScene(server) { server.cluster.address(user: $0) }
    var random = SeededRandom()
    let engine = scene.start(
      scene.settings([JournalProjection(demand: .whenQuiet), JournalProjection(name: "second")]))
    // A crash while the builds are made would give them other numbers.
    try waitUntil("both builds are made") { engine.status().builds.filter { $0.shards.count == 8 }.count == 2 }
    for round in 0..<4 {
      for _ in 0..<Int.random(in: 1...60, using: &random) {
        try scene.log.recordMany(shard: .random(in: 0..<8, using: &random), count: .random(in: 1...20, using: &random))
      }
      if round % 2 == 0 { server.cluster.kill() } else { server.cluster.stop() }
      try waitUntil("the engine notices") {
        if case .waiting = engine.status().state { return true }
        return engine.status().feedUnavailable != nil
      }
      try server.cluster.start()
      try scene.reconnect()
    }
    try scene.log.recordMany(shard: 3, count: 5)
    try scene.waitUntilProjected()
    try scene.waitUntilProjected("second_b2")
    #expect(try scene.faults() == 0)
    #expect(try scene.faults("second_b2") == 0)
    #expect(try scene.staleProgress() == 0)
  }
}
