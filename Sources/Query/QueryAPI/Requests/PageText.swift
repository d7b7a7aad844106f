import Queries

/// The parameters `limit` and `cursor`.
enum PageText {
  static let names = ["limit", "cursor"]

  /// Nil when no page is asked for.
  /// - Parameters:
  ///   - most: the largest `limit`.
  ///   - query: `QueryFingerprint` of the request.
  static func parse(_ items: QueryItems, most: Int, query: UInt64) throws(QueryError) -> PageRequest? {
    guard let limit = items.value("limit") else {
      if items.value("cursor") == nil { return nil }
      throw .invalid(.missingParameter, "cursor is given without limit: give limit=, how much a page may have")
    }
    guard let limit = number(limit), (1...most).contains(limit) else {
      throw .invalid(
        .invalidParameter, "limit=\"\(limit.prefix(100))\" is no size of a page: give a whole number from 1 to \(most)")
    }
    let cursor: PageCursor? = if let text = items.value("cursor") { try Self.cursor(text, query) } else { nil }
    return PageRequest(limit: limit, cursor: cursor, query: query)
  }

  private static func number(_ text: String) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  private static func cursor(_ text: String, _ query: UInt64) throws(QueryError) -> PageCursor {
    guard let cursor = PageCursor(parsing: text) else {
      throw .invalid(.invalidCursor, "the cursor is damaged: give the whole text of \"next\", or of Daybook-Next")
    }
    guard cursor.query == query else {
      throw .invalid(
        .invalidCursor,
        "the cursor is of another query: path, name, labels, from and to must be those of the first page")
    }
    return cursor
  }
}
