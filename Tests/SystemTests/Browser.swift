import Foundation
import Glibc
import HTTPClient
import Runtime

/// A real browser without a window: Debian's chromium, driven over WebDriver (W3C) by chromedriver.
final class Browser {
  private let folder: String
  private let processID: Int32
  private let client: HTTPClient
  private var session = ""

  /// Starts it. Every name that ends with `.test` leads to this machine, as a hostile DNS server could say.
  init() throws {
    folder = try RunningDaybook.temporaryFolder()
    let port = try FreePort.find()
    let log = Glibc.open("\(folder)/chromedriver.log", O_WRONLY | O_CREAT, 0o600)
    defer { close(log) }
    guard FileManager.default.isExecutableFile(atPath: Self.driver) else {
      throw SystemTestError("no \(Self.driver): install chromium and chromium-driver, as scripts/test does")
    }
    processID = try Spawner.shared.start(
      [Self.driver, "--port=\(port)"], environment: ["HOME": folder, "TMPDIR": folder, "PATH": "/usr/bin:/bin"],
      log: log)
    client = HTTPClient(ListenAddress(host: "127.0.0.1", port: port), timeout: .seconds(120))
    do {
      try waitForDriver()
      try openSession()
    } catch {
      stop()
      throw error
    }
  }

  private static let driver = "/usr/bin/chromedriver"

  /// Goes to `url` as if it had been typed in, and waits until the page is there.
  func open(_ url: String) throws { _ = try call("POST", "/url", ["url": url]) }

  /// What the page shows.
  func text() throws -> String { try run("return document.documentElement.innerText") as? String ?? "" }

  /// Runs the body of a function in the page.
  func run(_ script: String, _ arguments: [Any] = []) throws -> Any {
    try call("POST", "/execute/sync", ["script": script, "args": arguments])
  }

  /// The same, of a script that calls its last argument with its result when it is done.
  func runAsync(_ script: String, _ arguments: [Any] = []) throws -> Any {
    try call("POST", "/execute/async", ["script": script, "args": arguments])
  }

  func stop() {
    if !session.isEmpty { _ = try? call("DELETE", "", [:]) }
    let tree = ProcessTree.below(processID)
    kill(processID, SIGTERM)
    var status: Int32 = 0
    waitpid(processID, &status, 0)
    for entry in tree where ProcessTree.isAlive(entry) { kill(entry.processID, SIGKILL) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func waitForDriver() throws {
    let deadline = MonotonicClock.deadline(after: .seconds(60))
    while (try? client.send("GET", "/status"))?.status != 200 {
      guard MonotonicClock.now < deadline else { throw SystemTestError("chromedriver does not answer:\n\(log)") }
      MonotonicClock.sleep(for: .milliseconds(50))
    }
  }

  private func openSession() throws {
    let arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--user-data-dir=\(folder)/profile",
      "--host-resolver-rules=MAP *.test 127.0.0.1",
    ]
    let options: [String: Any] = ["binary": "/usr/bin/chromium", "args": arguments]
    let answer = try call(
      "POST", "", ["capabilities": ["alwaysMatch": ["browserName": "chrome", "goog:chromeOptions": options]]])
    guard let session = (answer as? [String: Any])?["sessionId"] as? String else {
      throw SystemTestError("no session: \(answer)\n\(log)")
    }
    self.session = session
  }

  private func call(_ method: String, _ path: String, _ body: [String: Any]) throws -> Any {
    let target = session.isEmpty ? "/session" : "/session/\(session)\(path)"
    let bytes = method == "POST" ? Array(try JSONSerialization.data(withJSONObject: body)) : []
    let answer = try client.send(method, target, headers: [("Content-Type", "application/json")], body: bytes)
    let json = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
    guard answer.status == 200, let value = json?["value"] else {
      throw SystemTestError("the browser refuses \(method) \(path): \(answer.text)\n\(log)")
    }
    return value
  }

  private var log: String { (try? String(contentsOfFile: "\(folder)/chromedriver.log", encoding: .utf8)) ?? "" }
}
