import HTTPClient
import Runtime

/// The services that `daybook status` asks, each over a connection that is kept. Confined to one thread.
struct StatusServices {
  struct Service {
    let name: String
    let endpoint: HTTPEndpoint
    fileprivate let client: HTTPClient
    fileprivate let headers: [(String, String)]

    func get(_ target: String) throws(HTTPClientError) -> HTTPClientResponse {
      try client.send("GET", target, headers: headers)
    }
  }

  private static let commandURL = ProgramOption(
    "--command-url", "URL", environment: "DAYBOOK_COMMAND_URL", "The command service elsewhere: http://HOST:PORT.")
  private static let projectorURL = ProgramOption(
    "--projector-url", "URL", environment: "DAYBOOK_PROJECTOR_URL", "The projector elsewhere.")
  private static let relayURL = ProgramOption(
    "--relay-url", "URL", environment: "DAYBOOK_RELAY_URL",
    "The relay elsewhere. Left out: asked where there is --kafka, at --relay-listen.")
  private static let queryURL = ProgramOption(
    "--query-url", "URL", environment: "DAYBOOK_QUERY_URL", "The query service elsewhere.")

  static let options = [
    SharedOptions.commandListen, SharedOptions.relayListen, SharedOptions.projectorListen, SharedOptions.queryListen,
    commandURL, relayURL, projectorURL, queryURL, KafkaOptions.kafka,
  ]

  let command: Service
  /// Nil: there is no Kafka.
  let relay: Service?
  let projector: Service
  let query: Service
  /// In the order of the data's way.
  var all: [Service] { [command] + (relay.map { [$0] } ?? []) + [projector, query] }

  init(_ options: ProgramOptions, timeout: Duration) throws {
    let client = try ClientOptions(options)
    func service(_ name: String, _ url: ProgramOption, _ listen: ProgramOption) throws -> Service {
      let given = options[url.flag] ?? ""
      let endpoint = try given.isEmpty ? client.endpoint(listen: listen) : HTTPEndpoint(url: given)
      return Service(
        name: name, endpoint: endpoint, client: try client.client(endpoint, timeout: timeout), headers: client.headers)
    }
    command = try service("command", Self.commandURL, SharedOptions.commandListen)
    let hasRelay = [KafkaOptions.kafka, Self.relayURL].contains { !(options[$0.flag] ?? "").isEmpty }
    relay = hasRelay ? try service("relay", Self.relayURL, SharedOptions.relayListen) : nil
    projector = try service("projector", Self.projectorURL, SharedOptions.projectorListen)
    query = try service("query", Self.queryURL, SharedOptions.queryListen)
  }
}
