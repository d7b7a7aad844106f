import Postgres
import ProjectionEngine
import ProjectionKit
import Testing

@Suite struct BuildHealthTests {
  private let unusable = BuildFailure(
    build: 1, cause: ProjectionError.unusable(shard: 0, position: 3, reason: "a test"))
  private let refused = BuildFailure(build: 1, cause: PostgresError("insert", message: "no", sqlState: "23505"))
  private let away = BuildFailure(build: 1, cause: PostgresError("insert", message: "gone", isConnectionLost: true))

  @Test func anUnusableEventStopsItsBuildAtOnce() {
    var health = BuildHealth()
    let isStopped = health.note(unusable)
    #expect(isStopped)
    #expect(health.stopped[1]?.contains("event 3 of shard 0") == true)
    #expect(health.stopped[2] == nil)
  }

  @Test func whatPostgresRefusesIsTriedThreeTimesInARow() {
    var health = BuildHealth()
    let first = [health.note(refused), health.note(refused)]
    health.noteFlush(1)
    let then = [health.note(refused), health.note(refused), health.note(refused)]
    #expect(first == [false, false])
    #expect(then == [false, false, true])
  }

  @Test func aServerThatIsAwayNeverStopsABuild() {
    var health = BuildHealth()
    let answers = (0..<100).map { _ in health.note(away) }
    #expect(!answers.contains(true))
  }
}
