package import Events

/// Where a page ended, in one opaque text for the client that gives it back for the next one. It holds only for the same
/// query and for the store and generation whose ids it has.
package struct PageCursor: Hashable, Sendable {
  package let storeHigh: UInt64
  package let storeLow: UInt64
  package let generation: Int32
  /// `QueryFingerprint` of what is asked.
  package let query: UInt64
  package let key: PageKey

  /// The most characters of a cursor that is worth looking at: a name of 255 characters of four bytes takes 1,420.
  package static let textLimit = 2_048

  package init(of store: StoreIdentity, query: UInt64, key: PageKey) {
    self.init(
      storeHigh: store.idHigh, storeLow: store.idLow, generation: store.generation, query: query, key: key)
  }

  init(storeHigh: UInt64, storeLow: UInt64, generation: Int32, query: UInt64, key: PageKey) {
    self.storeHigh = storeHigh
    self.storeLow = storeLow
    self.generation = generation
    self.query = query
    self.key = key
  }
}
