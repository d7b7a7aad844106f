/// What can be asked of the command service.
enum Route: String, CaseIterable, Sendable {
  case samples = "/v1/samples"
  case write1 = "/write"
  case write2 = "/api/v2/write"
  case query1 = "/query"
  case ping = "/ping"
  case health = "/health"
  case live = "/livez"
  case ready = "/readyz"
  case metrics = "/metrics"

  var methods: [String] {
    switch self {
    case .samples, .write1, .write2: ["POST"]
    case .query1: ["GET", "POST"]
    case .ping, .health, .live, .ready, .metrics: ["GET", "HEAD"]
    }
  }

  var dialect: Dialect {
    switch self {
    case .write1, .query1, .ping, .health: .influx1
    case .write2: .influx2
    case .samples, .live, .ready, .metrics: .native
    }
  }

  /// The dialect of a path, known or not.
  static func dialect(of path: String) -> Dialect {
    if let route = Route(rawValue: path) { return route.dialect }
    return path.hasPrefix("/api/v2/") ? .influx2 : .native
  }
}
