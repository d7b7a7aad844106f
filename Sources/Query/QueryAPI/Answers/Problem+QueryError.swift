package import Queries

extension Problem {
  /// What the client gets to see of an error.
  package init(_ error: QueryError) {
    switch error {
    case .invalid(let code, let detail):
      self.init(status: 400, code: code.rawValue, detail: detail)
    case .limit(let code, let detail):
      self.init(status: 400, code: code.rawValue, detail: detail)
    case .timeLimit(let limit):
      self.init(
        status: 504, code: QueryErrorCode.timeLimit.rawValue,
        detail: "the query took longer than the limit of \(limit.components.seconds)s: ask for fewer series, a shorter "
          + "range, or a step of whole hours or days")
    case .notReached(let detail, let reached):
      self.init(
        status: 504, code: QueryErrorCode.notReached.rawValue, detail: detail, extras: [("position", reached)])
    case .overloaded(let detail):
      self.init(
        status: 503, code: QueryErrorCode.overloaded.rawValue, detail: detail, retryAfterSeconds: 1)
    case .unavailable(let code, let detail):
      self.init(status: 503, code: code.rawValue, detail: detail, retryAfterSeconds: 2)
    case .broken(let detail):
      self.init(status: 500, code: QueryErrorCode.internalError.rawValue, detail: detail)
    }
  }
}
