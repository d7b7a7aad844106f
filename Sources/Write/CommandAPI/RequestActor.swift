import HTTPServer

/// Who sends a request.
enum RequestActor {
  /// The one place that decides it. Everybody is anonymous as long as there are no tokens.
  static func name(of exchange: HTTPExchange) -> String { "anonymous" }
}
