import Events
import Queries

/// The parameters `after` (any number of tokens) and `wait`.
enum AfterText {
  /// Nil when no token is given.
  static func parse(_ items: QueryItems, _ limits: QueryLimits) throws(QueryError) -> AfterCondition? {
    let texts = items.values("after")
    var merged: PositionToken?
    for text in texts {
      let token = try parse(text)
      merged = try merge(merged, token)
    }
    guard let merged else {
      if items.value("wait") != nil {
        throw .invalid(.missingParameter, "wait is given without after: give after=TOKEN, the position of a receipt")
      }
      return nil
    }
    let wait =
      if let text = items.value("wait") {
        try WaitText.parse(text, longest: limits.longestWait)
      } else {
        limits.defaultWait
      }
    return AfterCondition(token: merged, wait: wait)
  }

  private static func parse(_ text: String) throws(QueryError) -> PositionToken {
    do {
      return try PositionToken(parsing: text)
    } catch {
      throw .invalid(
        .invalidToken, "\(error): give the whole text of Daybook-Position, or of a receipt's \"position\"")
    }
  }

  private static func merge(_ a: PositionToken?, _ b: PositionToken) throws(QueryError) -> PositionToken {
    guard let a else { return b }
    do {
      return try a.merged(with: b)
    } catch {
      let isOneStore = a.storeHigh == b.storeHigh && a.storeLow == b.storeLow
      throw .invalid(
        isOneStore ? .otherGeneration : .otherStore,
        "the tokens given are of different \(isOneStore ? "generations" : "stores"): \(error)")
    }
  }
}
