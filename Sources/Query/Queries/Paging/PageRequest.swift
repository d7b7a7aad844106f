import Events

/// Which page of a long answer is asked for.
package struct PageRequest: Sendable {
  /// How much it may have: samples, series or metrics.
  package let limit: Int
  /// Where the page before it ended; nil: the first page.
  package let cursor: PageCursor?
  /// `QueryFingerprint` of what is asked.
  package let query: UInt64

  package init(limit: Int, cursor: PageCursor?, query: UInt64) {
    self.limit = limit
    self.cursor = cursor
    self.query = query
  }

  /// Behind what the page begins; nil: at the beginning.
  /// - Throws: when the cursor is of another store, or of another generation of this one.
  func start(in store: StoreIdentity) throws(QueryError) -> PageKey? {
    guard let cursor else { return nil }
    guard cursor.storeHigh == store.idHigh, cursor.storeLow == store.idLow, cursor.generation == store.generation
    else {
      throw .foreign(
        "cursor", high: cursor.storeHigh, low: cursor.storeLow, generation: cursor.generation, store,
        advice: "begin again without cursor=")
    }
    return cursor.key
  }

  /// What follows the page that ends with `key`; nil: nothing.
  func next(_ key: PageKey?, in store: StoreIdentity) -> NextPage {
    key.map { .more(PageCursor(of: store, query: query, key: $0)) } ?? .last
  }

  /// A key of another kind than the query's own: no cursor of ours has one.
  static let foreignKey = QueryError.invalid(
    .invalidCursor, "the cursor is of another query: begin again without cursor=")
}
