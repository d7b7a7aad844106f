import Events

extension QueryError {
  /// A token or a cursor of another store, or of another generation of this one.
  /// - Parameters:
  ///   - what: what the client gave.
  ///   - advice: what to do about it.
  static func foreign(
    _ what: String, high: UInt64, low: UInt64, generation: Int32, _ store: StoreIdentity, advice: String
  ) -> QueryError {
    guard high == store.idHigh, low == store.idLow, generation != store.generation else {
      return .invalid(.otherStore, "the \(what) is of another store, and this is \(store): \(advice)")
    }
    return .invalid(
      .otherGeneration,
      "the \(what) is of generation \(generation) of this store, and this is generation \(store.generation): a backup was "
        + "restored in between, and what came after the backup is gone: \(advice)")
  }
}
