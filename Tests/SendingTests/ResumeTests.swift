import Foundation
import Runtime
import Sending
import TestSupport
import Testing
import WriteTestSupport

/// Runs that were stopped, and go on.
struct ResumeTests {
  private static let rows = 200_000

  private static func text() -> String {
    "time,v\n" + (0..<rows).map { $0 % 1_000 == 500 ? "rubbish,1\n" : "\(1_700_000_000 + $0).5,\($0)\n" }.joined()
  }

  private static let bad = rows / 1_000

  /// A run that a service stops after some batches, some of which it stored without saying so.
  private func stopped(
    _ change: (inout SendScene) throws -> Void = { _ in }
  ) throws -> (scene: SendScene, service: RecordingService) {
    let service = try RecordingService { number, request in
      if request.authorization == "Bearer stop" {
        return number >= 3 ? .answer(400, [], "stop") : number == 1 ? .lost : nil
      }
      return nil
    }
    var scene = try SendScene(Self.text(), service, SendScene.csv())
    scene.settings.mode = .observe
    scene.settings.headers = [("Authorization", "Bearer stop")]
    try change(&scene)
    let report = try scene.send()
    #expect(report.failure?.contains("stop") == true, "\(report.end)")
    #expect(scene.hasState)
    scene.settings.headers = []
    scene.settings.beginning = .resume
    return (scene, service)
  }

  @Test func aRunThatGoesOnStoresEverySampleOnceAndSumsUpAll() throws {
    let (scene, service) = try stopped()
    let stored = service.samples.count
    #expect(stored > 0 && stored < Self.rows - Self.bad)
    let report = try scene.send()
    #expect(report.isComplete, "\(report.end)")
    #expect(service.samples.count == Self.rows - Self.bad)
    #expect(Set(service.samples).count == service.samples.count)
    #expect(report.totals.accepted == Self.rows - Self.bad)
    #expect(report.totals.rejected == Self.bad)
    #expect(report.totals.reasons["bad-time"]?.lines.prefix(3) == [502, 1_502, 2_502])
    #expect(report.resumedAt != nil)
    // Each rejected row once, with its own line, though two runs wrote them.
    let lines = try scene.rejected().map { Int($0.prefix { $0 != "," }) }
    #expect(lines == (0..<Self.bad).map { $0 * 1_000 + 502 })
    #expect(!scene.hasState)
  }

  @Test func aSecondRunMustSayWhetherItGoesOnOrBeginsAnew() throws {
    var (scene, service) = try stopped()
    scene.settings.beginning = .fresh
    let error = #expect(throws: SendError.self) { try scene.send() }
    #expect(error?.description.contains("go on with --resume, or begin anew with --restart") == true)
    let before = service.requests.count
    scene.settings.beginning = .restart
    #expect(try scene.send().isComplete)
    #expect(service.requests.count > before + 3)
    #expect(try scene.rejected().count == Self.bad)
  }

  @Test func thereMustBeSomethingToResume() throws {
    let service = try RecordingService()
    var scene = try SendScene("time,v\n1700000000,1\n", service, SendScene.csv())
    scene.settings.beginning = .resume
    let error = #expect(throws: SendError.self) { try scene.send() }
    #expect(error?.description.contains("nothing to resume") == true)
    scene.settings.stateFile = nil
    let second = #expect(throws: SendError.self) { try scene.send() }
    #expect(second?.description.contains("--state FILE") == true)
  }

  @Test func anotherInputIsNotResumed() throws {
    let (scene, _) = try stopped()
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: scene.path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("1800000000,1\n".utf8))
    try handle.close()
    try expectRefusal(scene, "the input has changed since")
  }

  @Test func otherParametersAreNotResumed() throws {
    var (scene, _) = try stopped()
    let plain = scene
    scene.settings.format = try SendScene.csv(values: [("v", "other")])
    try expectRefusal(scene, "other flags: value=v=m, and now: value=v=other")
    scene = plain
    scene.settings.mode = .replace
    try expectRefusal(scene, "mode=observe")
    scene = plain
    scene.settings.gzip = true
    try expectRefusal(scene, "gzip=false")
  }

  @Test func anotherTokenOrServiceIsNotResumed() throws {
    let (first, _) = try stopped { $0.settings.token = "one" }
    var scene = first
    scene.settings.token = "two"
    try expectRefusal(scene, "another token")
    scene.settings.token = nil
    try expectRefusal(scene, "another token")
    let state = try String(contentsOfFile: scene.path + ".daybook-send", encoding: .utf8)
    #expect(!state.contains("one\""))
    let other = try RecordingService()
    scene = first
    scene.settings.endpoint = other.endpoint
    try expectRefusal(scene, "it was being sent to")
  }

  @Test func afterTheKeysAreForgottenOnlyReplaceModeGoesOn() throws {
    for mode in [SendMode.observe, .replace] {
      let (scene, service) = try stopped { $0.settings.mode = mode }
      let path = scene.path + ".daybook-send"
      let state = try String(contentsOfFile: path, encoding: .utf8)
      let since = WallClock.now - 24 * 3_600 * 1_000_000_000
      let aged = state.replacing(/"pendingSince": \d+/, with: "\"pendingSince\": \(since)")
      #expect(aged != state)
      try aged.write(toFile: path, atomically: true, encoding: .utf8)
      if mode == .observe {
        try expectRefusal(scene, "they would count twice")
      } else {
        #expect(try scene.send().isComplete)
        #expect(service.samples.count == Self.rows - Self.bad)
      }
    }
  }

  @Test func aDamagedStateIsNotResumed() throws {
    let (scene, _) = try stopped()
    for text in ["", "{}", "{\"version\": 1}", "nonsense", "[]"] {
      try text.write(toFile: scene.path + ".daybook-send", atomically: true, encoding: .utf8)
      let error = #expect(throws: SendError.self) { try scene.send() }
      #expect(error?.description.contains("is damaged, or of another version") == true)
    }
  }

  @Test func aRunThatIsStoppedFromOutsideKeepsItsState() throws {
    let service = try RecordingService { number, _ in number >= 1 ? .answer(503, [], "busy") : nil }
    let scene = try SendScene(Self.text(), service, SendScene.csv())
    let sender = Sender(scene.settings)
    let report = try sender.run(try InputSource(scene.path)) { progress in
      if progress.problem != nil { sender.stop() }
    }
    guard case .interrupted = report.end else {
      Issue.record("\(report.end)")
      return
    }
    #expect(scene.hasState)
  }

  private func expectRefusal(_ scene: SendScene, _ text: String) throws {
    let error = #expect(throws: SendError.self) { try scene.send() }
    #expect(error?.description.contains(text) == true, "\(error?.description ?? "")")
    #expect(scene.hasState)
  }
}
