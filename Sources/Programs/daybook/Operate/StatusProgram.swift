import Glibc
import HTTPClient
import Runtime

enum StatusProgram: Subcommand {
  static let name = "status"
  static let summary = "Show what the running services say of themselves."
  static let discussion = """
      Asks the query service for projections, builds, positions and lag, and the command service whether it is ready.
      Ends with 1 when one of them does not answer or is not ready.
    """
  static let options = [
    SharedOptions.commandListen, SharedOptions.queryListen,
    ProgramOption("--json", nil, "The query service's answer as it came."),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let command = try ListenAddress(options[SharedOptions.commandListen.flag] ?? "")
    let query = try ListenAddress(options[SharedOptions.queryListen.flag] ?? "")
    let status = try HTTPClient(query, timeout: .seconds(10)).send("GET", "/v1/status")
    guard status.status == 200 else {
      throw HTTPClientError("http://\(query)/v1/status answered \(status.status): \(status.text)")
    }
    if options.isSet("--json") {
      print(status.text)
      return ExitCode.success
    }
    let services = [("command", command), ("query", query)].map { name, address in readiness(name, address) }
    for service in services { print(service.line) }
    print(try StatusTable(json: status.body).text)
    return services.allSatisfy(\.ready) ? ExitCode.success : ExitCode.failure
  }

  private static func readiness(_ name: String, _ address: ListenAddress) -> (ready: Bool, line: String) {
    let left = name + String(repeating: " ", count: 10 - name.count) + "http://\(address)  "
    do {
      let answer = try HTTPClient(address, timeout: .seconds(5)).send("GET", "/readyz?verbose")
      return (answer.status == 200, left + (answer.status == 200 ? "ready" : "not ready: \(answer.text)"))
    } catch {
      return (false, left + "away: \(error)")
    }
  }
}
