/// What a token allows.
package enum AccessScope: String, Sendable, CaseIterable {
  case read
  case write

  /// `read,write`, in this order.
  package static func text(_ scopes: Set<AccessScope>) -> String {
    allCases.filter { scopes.contains($0) }.map(\.rawValue).joined(separator: ",")
  }

  /// The scopes of `read`, `write` or `read,write`; nil for anything else.
  static func parse(_ text: Substring) -> Set<AccessScope>? {
    var scopes: Set<AccessScope> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let scope = AccessScope(rawValue: String(word)), scopes.insert(scope).inserted else { return nil }
    }
    return scopes
  }
}
