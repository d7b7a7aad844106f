/// The paths that the query service answers.
enum QueryRoute: String, CaseIterable, Sendable {
  case timeline = "/v1/timeline"
  case metrics = "/v1/metrics"
  case series = "/v1/series"
  case samples = "/v1/samples"
  case latest = "/v1/latest"
  case status = "/v1/status"
  case live = "/livez"
  case ready = "/readyz"
  case exposition = "/metrics"

  /// In what it can answer, the first one by default. None for health and measurements, which have forms of their own
  /// whatever is asked for.
  var formats: [AnswerFormat] {
    switch self {
    case .timeline, .metrics, .series, .samples, .latest: AnswerFormat.allCases
    case .status: [.json]
    case .live, .ready, .exposition: []
    }
  }

  /// The kind of query, for metrics: `timeline`.
  var queryName: String { rawValue.split(separator: "/").last.map(String.init) ?? rawValue }

  /// For `Allow`.
  static let methods = ["GET", "HEAD"]

  /// What a request for another path is told.
  static let known = allCases.map(\.rawValue).joined(separator: ", ")
}
