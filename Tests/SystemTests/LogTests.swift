import Foundation
import Glibc
import HTTPClient
import JSON
import Runtime
import Testing

/// What the processes log over a whole run.
struct LogTests {
  /// All lines of a run with requests, a killed child and a stop.
  private func run(_ format: String) throws -> [Substring] {
    let daybook = try RunningDaybook(settings: ["DAYBOOK_LOG_FORMAT": format, "DAYBOOK_LOG_LEVEL": "trace"])
    defer { daybook.stop() }
    let client = HTTPClient(daybook.command)
    #expect(try client.send("POST", "/write?u=me&p=tOpsEcret", body: Array("log v=1\nno line\n".utf8)).status == 400)
    #expect(try HTTPClient(daybook.query).send("GET", "/%22odd%22%0A?token=tOpsEcret").status == 404)
    // One that cannot start, and says so.
    let twin = try daybook.startProgram(["query"], settings: [:])
    var status: Int32 = 0
    waitpid(twin, &status, 0)
    #expect(status >> 8 & 0xFF == 1)
    kill(try daybook.child("daybook query"), SIGKILL)
    let deadline = MonotonicClock.deadline(after: .seconds(30))
    while !(try daybook.wholeLog().contains("a child ended and is started again")) {
      guard MonotonicClock.now < deadline else {
        throw SystemTestError("the child is not started again:\n\(daybook.log)")
      }
      MonotonicClock.sleep(for: .milliseconds(10))
    }
    try daybook.waitUntilReady()
    #expect(daybook.stopProcesses() == 0)
    return try daybook.wholeLog().split(separator: "\n")
  }

  @Test func everyLineOfARunIsAJSONObject() throws {
    let lines = try run("json")
    var programs: Set<String> = []
    var messages: Set<String> = []
    for line in lines {
      let parser = JSONParser()
      let root = try parser.parse(Array(line.utf8)).root
      try withExtendedLifetime(parser) {
        let members = try #require(root.members, "\(line)")
        var names: [String] = []
        for member in members {
          names.append(String(decoding: member.name, as: UTF8.self))
          #expect(member.value.string != nil, "values are text: \(line)")
        }
        #expect(names.prefix(4) == ["time", "level", "program", "message"], "\(line)")
        #expect(Set(names).count == names.count, "\(line)")
        #expect(RFC3339.nanoseconds((root["time"]?.string ?? "").utf8) != nil, "\(line)")
        #expect(LogLevel(name: root["level"]?.string ?? "") != nil, "\(line)")
        programs.insert(root["program"]?.string ?? "")
        messages.insert(root["message"]?.string ?? "")
      }
    }
    #expect(programs == ["up", "command", "projector", "query"])
    for message in [
      "listening", "ready", "answered", "started", "a child ended and is started again", "cannot go on",
      "stopping", "stopped",
    ] {
      #expect(messages.contains(message), "\(message)")
    }
    #expect(!lines.contains { $0.contains("tOpsEcret") })
  }

  @Test func everyLineOfARunIsLogfmt() throws {
    let lines = try run("logfmt")
    for line in lines {
      #expect(Self.pairs(line)?.prefix(4).map(\.key) == ["time", "level", "program", "message"], "\(line)")
    }
    let answered = lines.compactMap(Self.pairs).first { pairs in
      pairs.contains { $0.key == "route" && $0.value == "/write" }
    }
    #expect(answered?.map(\.key).suffix(6) == ["method", "route", "path", "status", "duration", "bytes"])
    #expect(!lines.contains { $0.contains("tOpsEcret") })
  }

  /// The pairs of a line, or nil where it is no logfmt.
  private static func pairs(_ line: Substring) -> [(key: String, value: String)]? {
    var found: [(key: String, value: String)] = []
    var rest = line
    while !rest.isEmpty {
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let key = String(rest[..<equals])
      guard !key.isEmpty, key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
      rest = rest[rest.index(after: equals)...]
      var value = ""
      if rest.first == "\"" {
        rest.removeFirst()
        while let character = rest.popFirst(), character != "\"" {
          value.append(character)
          if character == "\\", let escaped = rest.popFirst() { value.append(escaped) }
        }
        guard rest.isEmpty || rest.first == " " else { return nil }
      } else {
        let end = rest.firstIndex(of: " ") ?? rest.endIndex
        value = String(rest[..<end])
        rest = rest[end...]
      }
      found.append((key, value))
      if !rest.isEmpty { rest.removeFirst() }
    }
    return found
  }
}
