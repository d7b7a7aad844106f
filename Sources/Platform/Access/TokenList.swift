import Runtime

/// The tokens of a file. A line is `name scopes sha256 created`, apart by spaces; empty lines and lines that begin with
/// `#` say nothing.
package struct TokenList: Sendable {
  /// Tokens that a file may have.
  static let countLimit = 10_000

  /// In the order of the file.
  package let tokens: [AccessToken]
  private let byHash: [TokenHash: AccessToken]

  /// `path` is for errors only, which name the line and what is wrong with it, never what stands there.
  init(_ bytes: [UInt8], path: String) throws(TokenFileError) {
    var tokens: [AccessToken] = []
    var byHash: [TokenHash: AccessToken] = [:]
    var names: Set<String> = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let place = "\(path), line \(index + 1)"
      guard let token = try Self.token(String(decoding: line, as: UTF8.self), place) else { continue }
      guard names.insert(token.name).inserted else { throw TokenFileError("\(place): a second token '\(token.name)'") }
      guard byHash.updateValue(token, forKey: token.hash) == nil else {
        throw TokenFileError("\(place): the hash stands there twice, so nobody could tell who it is")
      }
      tokens.append(token)
      guard tokens.count <= Self.countLimit else {
        throw TokenFileError("\(path): more than \(Self.countLimit) tokens")
      }
    }
    self.tokens = tokens
    self.byHash = byHash
  }

  /// The token of a secret. The time it takes tells at most how much of the *hash* is right, which nobody can choose.
  func token(of secret: String) -> AccessToken? { byHash[TokenHash(of: secret)] }

  /// Nil: the line holds no token.
  private static func token(_ line: String, _ place: String) throws(TokenFileError) -> AccessToken? {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
    guard let first = words.first, !first.hasPrefix("#") else { return nil }
    guard words.count == 4 else {
      throw TokenFileError("\(place): expected 'name scopes sha256 created', and there are \(words.count) words")
    }
    if let problem = AccessToken.problem(ofName: String(first)) { throw TokenFileError("\(place): \(problem)") }
    guard let scopes = AccessScope.parse(words[1]) else {
      throw TokenFileError("\(place): the scopes must be read, write or read,write")
    }
    guard let hash = TokenHash(hexadecimal: words[2]) else {
      throw TokenFileError("\(place): the third word must be a SHA-256, 64 hexadecimal digits in lower case")
    }
    guard RFC3339.nanoseconds(words[3].utf8) != nil else {
      throw TokenFileError("\(place): the fourth word must be a time as 2026-01-31T12:00:00Z")
    }
    return AccessToken(name: String(first), scopes: scopes, hash: hash, createdAt: String(words[3]))
  }
}
