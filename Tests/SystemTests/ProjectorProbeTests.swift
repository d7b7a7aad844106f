import Glibc
import HTTPClient
import PostgresCluster
import Runtime
import TestSupport
import Testing

/// What a projector's listener says, over real processes.
struct ProjectorProbeTests {
  /// Another projector of `daybook` on a port of its own; the caller ends it.
  private func start(
    _ daybook: RunningDaybook, _ settings: [String: String] = [:]
  ) throws -> (processID: Int32, client: HTTPClient) {
    let address = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    let processID = try daybook.startProgram(
      ["projector"], settings: settings.merging(["DAYBOOK_PROJECTOR_LISTEN": "\(address)"]) { $1 })
    return (processID, HTTPClient(address, timeout: .seconds(5)))
  }

  private func end(_ processID: Int32) -> Int32 {
    kill(processID, SIGTERM)
    var status: Int32 = 0
    waitpid(processID, &status, 0)
    return status
  }

  /// Waits for an answer that is as wanted; returns it.
  @discardableResult
  private func wait(
    _ client: HTTPClient, _ target: String, _ daybook: RunningDaybook, for isWanted: (HTTPClientResponse) -> Bool
  ) throws -> HTTPClientResponse {
    let deadline = MonotonicClock.deadline(after: .seconds(60))
    var last = "no answer"
    while MonotonicClock.now < deadline {
      if let answer = try? client.send("GET", target) {
        if isWanted(answer) { return answer }
        last = "\(answer.status) \(answer.text)"
      }
      MonotonicClock.sleep(for: .milliseconds(20))
    }
    throw SystemTestError("\(target) never was as expected; last: \(last)\n\(daybook.log)")
  }

  @Test func oneWithoutItsStoresIsAliveAndNotReadyAndSaysWhy() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let nowhere = "host=127.0.0.1 port=1 dbname=none user=none password=tOpsEcret"
    let (processID, client) = try start(daybook, ["DAYBOOK_DATABASE": nowhere])
    let ready = try wait(client, "/readyz", daybook) { $0.status == 503 && $0.text.contains("nothing is projected") }
    #expect(ready.text.hasPrefix("not ready: "))
    #expect(ready.text.filter { $0 == "\n" }.count == 1)
    #expect(!ready.text.contains("tOpsEcret"))
    #expect(try client.send("GET", "/livez").status == 200)
    let verbose = try client.send("GET", "/readyz?verbose")
    #expect(verbose.text.contains(#""projector:engine":[{"componentType":"component","status":"fail","output":"#))
    #expect(verbose.text.contains(#""remedy":"it tries again by itself; the log says what fails""#))
    #expect(!verbose.text.contains("tOpsEcret"))
    let metrics = try wait(client, "/metrics", daybook) { !$0.text.contains("daybook_projector_failures_total 0\n") }
    #expect(metrics.text.contains("daybook_projector_running 0\n"))
    #expect(end(processID) == 0)
  }

  @Test func oneThatStandsByIsReadyAndTakesOver() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let first = HTTPClient(daybook.projector)
    try wait(first, "/metrics", daybook) {
      $0.text.contains("held_shards{projection=\"timeline\",build=\"timeline_b1\"} 8")
    }
    let (processID, second) = try start(daybook)
    let standing = try wait(second, "/readyz?verbose", daybook) { $0.text.contains("8 of 8 shards of timeline_b1") }
    #expect(standing.status == 200)
    // `up` starts the first one again each time, so it is ended until the other has been quicker.
    try wait(second, "/metrics", daybook) { answer in
      if answer.text.contains("held_shards{projection=\"timeline\",build=\"timeline_b1\"} 8") { return true }
      for entry in ProcessTree.below(daybook.processID) where entry.command.contains("daybook projector") {
        kill(entry.processID, SIGKILL)
      }
      return false
    }
    #expect(end(processID) == 0)
  }

  @Test func aPortThatIsTakenIsAnErrorThatSaysWhatToDo() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let twin = try daybook.startProgram(["projector"], settings: [:])
    var status: Int32 = 0
    waitpid(twin, &status, 0)
    #expect(status >> 8 & 0xFF == 1)
    #expect(daybook.log.contains("cannot listen on \(daybook.projector): address already in use"))
  }

  @Test func upDoesNotStartWhereAPortIsTaken() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let folder = TemporaryFolder()
    let home = "\(folder.path)/home"
    defer { _ = PostgresCluster.removeAbandoned(home: home, logger: Logger(program: "test", level: .error)) }
    let twin = try ProgramRun.daybook(
      ["up", "--home", home, "--command-listen", "127.0.0.1:0", "--query-listen", "\(daybook.query)"])
    #expect(twin.status == 1)
    #expect(twin.error.contains("cannot listen on \(daybook.query): address already in use"), "\(twin.error)")
    // No Postgres was started for nothing.
    #expect(!twin.error.contains("Postgres runs"))
  }
}
