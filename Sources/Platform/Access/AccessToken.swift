/// A token as the file has it. The secret itself is kept nowhere.
package struct AccessToken: Sendable {
  /// Who it stands for: the actor in events.
  package let name: String
  package let scopes: Set<AccessScope>
  package let hash: TokenHash
  /// RFC 3339.
  package let createdAt: String

  /// `name scopes sha256 created`.
  var line: String { "\(name) \(AccessScope.text(scopes)) \(hash.hexadecimal) \(createdAt)" }

  /// Characters of a name.
  private static let nameLimit = 64
  /// The actor where nobody is asked: no token may pass for it.
  private static let anonymous = "anonymous"

  /// Nil if `name` is good, else what is wrong with it.
  package static func problem(ofName name: String) -> String? {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
      default: false
      }
    }
    guard isPlain, (1...nameLimit).contains(name.utf8.count), name.utf8.first != 0x2D else {
      return "a token's name has 1 to \(nameLimit) letters, digits, dots, dashes and underscores"
    }
    return name == anonymous ? "the name 'anonymous' stands for requests without a token" : nil
  }
}
