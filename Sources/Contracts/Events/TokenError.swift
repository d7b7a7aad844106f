/// Why a position token is refused. Final (reject); holds nothing of the token.
package enum TokenError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Not a token, or a damaged one.
  case malformed
  /// Made by a newer Daybook.
  case unknownVersion
  /// Of another store, or of this one before a backup was restored.
  case otherStore

  package var description: String {
    switch self {
    case .malformed: "cannot read position token: it is damaged: send it exactly as it was received"
    case .unknownVersion: "cannot read position token: a newer Daybook made it"
    case .otherStore:
      "cannot use position token: it is of another store, or of this one before a backup was restored: drop it"
    }
  }
}
