import EventFeed
import Probes
import ProjectionEngine
import Testing

/// What an engine's status means, without an engine.
@Suite struct EngineHealthTests {
  private static func build(
    _ schema: String = "timeline_b1", held: Int = 8, lag: Int64 = 0, stopped: String? = nil, other: Bool = false,
    active: Bool = true
  ) -> EngineStatus.Build {
    EngineStatus.Build(
      id: 1, projection: "timeline", version: 1, schema: schema, isActive: active,
      shards: (0..<held).map { EngineStatus.Shard(shard: $0, position: 10, head: 10 + lag) }, stopped: stopped,
      isOfOtherVersion: other)
  }

  private static func status(_ builds: [EngineStatus.Build] = [build()], lag: Double = 0) -> EngineStatus {
    var status = EngineStatus()
    status.state = .running
    status.builds = builds
    status.shards = 8
    status.lagSeconds = lag
    return status
  }

  private static func worst(_ status: EngineStatus) -> (HealthStatus, String?) {
    let report = HealthReport(ProcessIdentity(program: "projector", version: "1"), EngineHealth.checks(status))
    return (report.status, report.worst?.name)
  }

  @Test func aProjectorThatHasEverythingIsReady() {
    #expect(Self.worst(Self.status()) == (.pass, nil))
  }

  @Test func oneThatStandsByIsReadyAndSaysWhoseTheShardsAre() {
    let status = Self.status([Self.build(held: 3)])
    #expect(Self.worst(status).0 == .pass)
    #expect(
      EngineHealth.checks(status).contains { $0.reason == "5 of 8 shards of timeline_b1 are another projector's" })
  }

  @Test func readinessFollowsTheAgeOfTheOldestEventThatIsNotInTheRows() {
    #expect(Self.worst(Self.status([Self.build(lag: 1_000_000)], lag: 9.9)) == (.pass, nil))
    #expect(Self.worst(Self.status(lag: 10.1)) == (.warn, "lag:seconds"))
    #expect(Self.worst(Self.status(lag: 60.1)) == (.fail, "lag:seconds"))
    let events = EngineHealth.checks(Self.status([Self.build(lag: 5)])).first { $0.name == "lag:events" }
    #expect(events?.observed?.value == 40)
  }

  @Test func aBuildThatIsGivenUpIsAFailureWithItsReason() {
    let status = Self.status([Self.build(), Self.build("catalogue_b2", held: 0, stopped: "cannot project event 7")])
    #expect(Self.worst(status) == (.fail, "build:projecting"))
    let check = EngineHealth.checks(status).first { $0.status == .fail }
    #expect(check?.componentID == "catalogue_b2")
    #expect(check?.reason?.contains("cannot project event 7") == true)
    #expect(check?.remedy?.contains("restart") == true)
  }

  @Test func aShardThatStandsStillIsAFailureWithWhatToDo() {
    var status = Self.status()
    status.stoppedShards = [FeedFault(shard: 3, position: 8, reason: "it is damaged", remedy: "put it back")]
    #expect(Self.worst(status) == (.fail, "shard:reading"))
    let check = EngineHealth.checks(status).first { $0.status == .fail }
    #expect(check?.reason == "shard 3 stands still before event 8: it is damaged")
    #expect(check?.remedy == "put it back; it tries again by itself")
  }

  @Test func aBuildOfAnotherVersionMattersOnlyWhenQueriesReadIt() {
    let old = Self.build("timeline_b0", held: 0, stopped: "no version 0", other: true, active: false)
    #expect(Self.worst(Self.status([Self.build(), old])).0 == .pass)
    let active = Self.build("timeline_b0", held: 0, stopped: "no version 0", other: true, active: true)
    #expect(Self.worst(Self.status([Self.build(), active])) == (.warn, "build:projecting"))
  }

  @Test func whatCannotProjectIsNotReadyAndAlive() {
    var status = Self.status()
    status.state = .waiting("the read store is away")
    #expect(Self.worst(status) == (.fail, "projector:engine"))
    #expect(EngineHealth.problem(status) == nil)
    status = Self.status()
    status.feedUnavailable = "no connection"
    #expect(Self.worst(status) == (.fail, "event-store:reading"))
    #expect(EngineHealth.problem(status) == nil)
  }

  @Test func livenessIsTheThreadsAndNotThePositions() {
    var status = Self.status([Self.build(lag: 1_000)], lag: 86_400)
    #expect(EngineHealth.problem(status) == nil)
    status.silence = EngineHealth.silenceLimit + .seconds(1)
    #expect(EngineHealth.problem(status)?.contains("has not moved for 181 s") == true)
    status.state = .stopped
    #expect(EngineHealth.problem(status) == nil)
  }
}
