import Foundation
import HTTPClient
import Postgres
import PostgresCluster
import Runtime
import Testing

/// Daybook as a whole with a file of tokens.
@Suite struct TokenServiceTests {
  /// Runs `daybook token …` and returns the last line of what it says.
  private func token(_ arguments: [String], _ file: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: try RunningDaybook.executablePath())
    process.arguments = ["token"] + arguments + ["--tokens", file]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text.split(separator: "\n").last.map { String($0) } ?? ""
  }

  @Test(.timeLimit(.minutes(5))) func everyRequestNeedsItsTokenAndTheActorReachesTheEvents() throws {
    let folder = try RunningDaybook.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = "\(folder)/tokens"
    let writer = try token(["add", "collector", "--write"], file)
    let reader = try token(["add", "dashboard", "--read"], file)
    let other = try token(["add", "other", "--read", "--write"], file)
    let daybook = try RunningDaybook(settings: ["DAYBOOK_TOKENS": file])
    defer { daybook.stop() }
    let (command, query) = (HTTPClient(daybook.command), HTTPClient(daybook.query))
    let secrets = [writer, reader, other]

    func status(
      _ client: HTTPClient, _ method: String, _ target: String, _ authorization: String?, _ body: String = ""
    ) throws -> Int {
      let headers = authorization.map { [("Authorization", $0)] } ?? []
      return try client.send(method, target, headers: headers, body: Array(body.utf8)).status
    }
    /// With nothing, a token that is none, the reader's, the writer's.
    func table(_ client: HTTPClient, _ method: String, _ target: String, _ body: String = "") throws -> [Int] {
      try [nil, "Bearer daybook_wrong", "Bearer \(reader)", "Bearer \(writer)"].map {
        try status(client, method, target, $0, body)
      }
    }

    for path in ["/livez", "/readyz", "/ping", "/health"] {
      let good = path == "/ping" ? 204 : 200
      #expect(try table(command, "GET", path) == [good, good, good, good], "\(path)")
    }
    for path in ["/metrics", "/readyz?verbose", "/query?q=SHOW+DATABASES"] {
      #expect(try table(command, "GET", path) == [401, 401, 200, 200], "\(path)")
    }
    #expect(try table(command, "POST", "/v1/samples", #"{"name":"m","value":1}"#) == [401, 401, 403, 201])
    for path in ["/write", "/api/v2/write"] {
      #expect(try table(command, "POST", path, "m value=1 1") == [401, 401, 403, 204], "\(path)")
    }
    #expect(try table(command, "GET", "/nowhere") == [401, 401, 403, 404])
    for path in ["/livez", "/readyz"] { #expect(try table(query, "GET", path) == [200, 200, 200, 200], "\(path)") }
    for path in ["/metrics", "/readyz?verbose"] {
      #expect(try table(query, "GET", path) == [401, 401, 200, 200], "\(path)")
    }
    for path in ["/v1/metrics", "/v1/series?name=m", "/v1/latest?name=m", "/v1/status"] {
      #expect(try table(query, "GET", path) == [401, 401, 200, 403], "\(path)")
    }
    #expect(try table(query, "GET", "/nowhere") == [401, 401, 404, 403])

    // As clients of InfluxDB send it, and each protocol's own shape of the refusal.
    #expect(try status(command, "POST", "/write?db=x&u=any&p=\(writer)", nil, "m value=2 2") == 204)
    #expect(try status(command, "POST", "/write", "Token any:\(writer)", "m value=3 3") == 204)
    let basic = "Basic " + Data("any:\(writer)".utf8).base64EncodedString()
    #expect(try status(command, "POST", "/api/v2/write", basic, "m value=4 4") == 204)
    #expect(try status(query, "GET", "/v1/metrics?p=\(reader)", nil) == 401)
    let native = try command.send("POST", "/v1/samples")
    #expect(
      native.header("content-type") == "application/problem+json" && native.text.contains(#""code":"unauthorized""#))
    #expect(native.header("www-authenticate") == "Bearer realm=\"daybook\"")
    #expect(try command.send("POST", "/write").text.hasPrefix(#"{"error":"this needs a token"#))
    #expect(try command.send("POST", "/api/v2/write").text.hasPrefix(#"{"code":"unauthorized","message":"#))
    #expect(try query.send("GET", "/v1/metrics").text.contains(#""code":"unauthorized""#))

    // Keys are each actor's own; the same request with its secret elsewhere is the same.
    func keyed(_ authorization: String?, _ target: String) throws -> HTTPClientResponse {
      let headers = [("Idempotency-Key", "\"k\"")] + (authorization.map { [("Authorization", $0)] } ?? [])
      return try command.send("POST", target, headers: headers, body: Array("keyed value=1 1".utf8))
    }
    #expect(try keyed("Bearer \(writer)", "/write").header("idempotent-replayed") == nil)
    #expect(try keyed("Bearer \(other)", "/write").header("idempotent-replayed") == nil)
    #expect(try keyed(nil, "/write?u=x&p=\(writer)").header("idempotent-replayed") == "true")

    try checkActors(daybook)
    try checkSecrets(secrets, daybook)

    // A token that is taken away while everything runs.
    _ = try token(["remove", "collector"], file)
    let deadline = MonotonicClock.deadline(after: .seconds(10))
    while try status(command, "POST", "/write", "Bearer \(writer)", "m value=5 5") != 401 {
      guard MonotonicClock.now < deadline else { throw SystemTestError("a removed token is still let in") }
      MonotonicClock.sleep(for: .milliseconds(50))
    }
    #expect(try status(command, "POST", "/write", "Bearer \(other)", "m value=6 6") == 204)
    #expect(daybook.stopProcesses() == 0)
    for secret in secrets { #expect(!(try daybook.wholeLog()).contains(secret)) }
  }

  private func checkActors(_ daybook: RunningDaybook) throws {
    let address = try PostgresCluster.find(home: daybook.home).with(user: PostgresCluster.owner)
    let connection = try PostgresConnection(address, application: "token test")
    func count(_ actor: String) throws -> Int64 {
      try connection.query(
        sql: "SELECT count(*) FROM daybook_events.events WHERE position(convert_to('\(actor)', 'UTF8') IN metadata) > 0"
      ).int64(0, 0)
    }
    #expect(try count("collector") > 5)
    #expect(try count("other") == 1)
    #expect(try count("anonymous") == 0)
    let keys = try connection.query(sql: "SELECT string_agg(actor, ',' ORDER BY actor) FROM daybook_events.keys")
    #expect(try keys.text(0, 0) == "collector,other")
  }

  /// No secret in what is stored, what is logged, what is counted, and what `ps` shows.
  private func checkSecrets(_ secrets: [String], _ daybook: RunningDaybook) throws {
    let dump = Process()
    let output = Pipe()
    dump.executableURL = URL(fileURLWithPath: "/bin/sh")
    // Plainly over all files of the cluster: tables, write-ahead log and Postgres' own log.
    let data = ProcessTree.below(daybook.processID).first {
      $0.command.contains("postgres") && $0.command.contains(" -D ")
    }
    let words = data?.command.split(separator: " ").map { String($0) } ?? []
    let folder = try #require(words.firstIndex(of: "-D").map { words[$0 + 1] })
    dump.arguments =
      ["-c", "grep -r -a -l -F -e \"$1\" -e \"$2\" -e \"$3\" \"$4\" \"$5\"; true", "sh"] + secrets + [
        folder, daybook.home,
      ]
    dump.standardOutput = output
    try dump.run()
    let found = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    dump.waitUntilExit()
    #expect(found.isEmpty, "\(found)")
    for secret in secrets {
      #expect(!(try daybook.wholeLog()).contains(secret))
      for process in ProcessTree.below(daybook.processID) { #expect(!process.command.contains(secret)) }
      for address in [daybook.command, daybook.query] {
        let metrics = try HTTPClient(address).send(
          "GET", "/metrics", headers: [("Authorization", "Bearer \(secrets[1])")])
        #expect(metrics.status == 200 && !metrics.text.contains(secret))
      }
    }
  }
}
