/// What can be asked of the command service. The raw value is its path, for people and as the label of its measurements.
enum Route: String, CaseIterable, Sendable {
  case samples = "/v1/samples"
  case describe = "/v1/metrics/{name}"
  case write1 = "/write"
  case write2 = "/api/v2/write"
  case query1 = "/query"
  case ping = "/ping"
  case health = "/health"
  case live = "/livez"
  case ready = "/readyz"
  case metrics = "/metrics"

  init?(path: String) {
    if path.hasPrefix(MetricPath.prefix) {
      self = .describe
    } else {
      self.init(rawValue: path)
    }
  }

  var methods: [String] {
    switch self {
    case .describe: ["PUT"]
    case .samples, .write1, .write2: ["POST"]
    case .query1: ["GET", "POST"]
    case .ping, .health, .live, .ready, .metrics: ["GET", "HEAD"]
    }
  }

  var dialect: Dialect {
    switch self {
    case .write1, .query1, .ping, .health: .influx1
    case .write2: .influx2
    case .samples, .describe, .live, .ready, .metrics: .native
    }
  }

  /// The dialect of a path, known or not.
  static func dialect(of path: String) -> Dialect {
    if let route = Route(path: path) { return route.dialect }
    return path.hasPrefix("/api/v2/") ? .influx2 : .native
  }
}
