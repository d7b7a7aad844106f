import HTTPServer

/// Who sends a request.
enum RequestActor {
  /// The name of the token that the request came with; everybody is anonymous where there are no tokens.
  static func name(of exchange: HTTPExchange) -> String { exchange.identity ?? "anonymous" }
}
