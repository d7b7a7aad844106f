import Foundation
import Glibc
import HTTPClient
import Runtime
import TestSupport
import Testing

/// `daybook up` as somebody meets it.
@Suite(.serialized) struct UpTests {
  @Test func aStopIsCleanAndTheNextStartHasAllTheData() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try postAndReadBack(daybook, value: 7)
    let tree = ProcessTree.below(daybook.processID)
    #expect(tree.count >= 4, "Postgres and three programs: \(tree.map(\.command))")
    #expect(daybook.stopProcesses() == 0)
    #expect(!tree.contains(where: { ProcessTree.isAlive($0) }))
    try daybook.start()
    let answer = try HTTPClient(daybook.query).send("GET", "/v1/latest?name=up")
    #expect(answer.status == 200)
    #expect(answer.text.contains("\"value\":7"), "\(answer.text)")
  }

  @Test func anOrdinaryUserRunsItInAFolderThatOnlyTheyMayEnter() throws {
    guard geteuid() == 0 else {
      // Then every other test here is this one already.
      let daybook = try RunningDaybook()
      defer { daybook.stop() }
      try postAndReadBack(daybook, value: 8)
      return
    }
    let daybook = try RunningDaybook(user: 65_534, group: 65_534)
    defer { daybook.stop() }
    let postgres = try daybook.child("/postgres ")
    #expect(try FileManager.default.attributesOfItem(atPath: "/proc/\(postgres)")[.ownerAccountID] as? Int == 65_534)
    try postAndReadBack(daybook, value: 8)
    #expect(daybook.stopProcesses() == 0)
  }

  @Test func aSecondUpInTheSameHomeIsRefused() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let second = try daybook.startProgram(["up"], settings: [:])
    var status: Int32 = 0
    waitpid(second, &status, 0)
    #expect(status >> 8 & 0xFF == 1)
    #expect(daybook.log.contains("another process runs it; stop that, or choose another home"))
  }

  @Test func whenUpIsKilledItsChildrenEnd() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try postAndReadBack(daybook, value: 3)
    try daybook.killUp()
    try daybook.start()
    try postAndReadBack(daybook, value: 4)
  }

  @Test func idleMemoryStaysBelowThreeHundredMegabytes() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try postAndReadBack(daybook, value: 5)
    let bytes = ProcessTree.memory(of: daybook.processID)
    #expect(bytes > 10_000_000 && bytes < 300_000_000, "\(bytes) bytes")
  }

  private func postAndReadBack(_ daybook: RunningDaybook, value: Int) throws {
    let body = Array(#"{"name":"up","value":\#(value),"timestamp":"2026-03-01T12:00:0\#(value % 10)Z"}"#.utf8)
    let write = try HTTPClient(daybook.command).send(
      "POST", "/v1/samples?mode=replace", headers: [("Content-Type", "application/json")], body: body)
    #expect(write.status == 201, "\(write.text)")
    let token = try #require(write.header("daybook-position"))
    let read = try HTTPClient(daybook.query).send(
      "GET",
      "/v1/timeline?name=up&step=day&aggregate=last,count&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&after=\(token)&wait=10s"
    )
    #expect(read.status == 200, "\(read.text)")
    let timeline = try TimelineAnswer(read.body)
    #expect(timeline.series.first?.columns["last"] == [Double(value)], "\(read.text)")
  }
}
