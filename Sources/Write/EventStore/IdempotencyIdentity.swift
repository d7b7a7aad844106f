import Commands

/// What makes two idempotency keys the same: actor and key, byte by byte. (Swift takes different spellings of a character
/// for equal, Postgres does not.)
struct IdempotencyIdentity: Hashable, Comparable {
  private let actor: [UInt8]
  private let key: [UInt8]

  init(_ request: IdempotencyRequest) {
    actor = Array(request.actor.utf8)
    key = Array(request.key.utf8)
  }

  /// Any order does, as long as every service locks keys in the same.
  static func < (a: IdempotencyIdentity, b: IdempotencyIdentity) -> Bool {
    if a.actor != b.actor { return a.actor.lexicographicallyPrecedes(b.actor) }
    return a.key.lexicographicallyPrecedes(b.key)
  }
}
