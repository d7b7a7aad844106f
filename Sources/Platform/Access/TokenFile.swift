import Glibc
import Runtime

/// The file of tokens: read by services, changed by `daybook token`.
package struct TokenFile: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  package func read() throws(TokenFileError) -> TokenList {
    try TokenList(bytes(), path: path)
  }

  /// Adds a token and returns its secret, which is kept nowhere. Makes the file where it is missing. Safe beside other
  /// processes that change the file; a service sees the old file or the new one.
  package func add(_ name: String, _ scopes: Set<AccessScope>) throws(TokenFileError) -> String {
    precondition(!scopes.isEmpty, "BUG: a token without scopes")
    if let problem = AccessToken.problem(ofName: name) {
      throw TokenFileError("cannot add token '\(name)': \(problem)")
    }
    let secret = TokenSecret.make()
    let token = AccessToken(
      name: name, scopes: scopes, hash: TokenHash(of: secret),
      createdAt: RFC3339.text(nanoseconds: WallClock.now, fractionDigits: 0))
    try TokenFileEdit.run(path) { (old) throws(TokenFileError) in
      var text = old ?? Array(Self.heading.utf8)
      let list = try TokenList(text, path: path)
      guard !list.tokens.contains(where: { $0.name == name }) else {
        throw TokenFileError(
          "cannot add token '\(name)': \(path) has one of that name; remove it first, or choose another name")
      }
      guard list.tokens.count < TokenList.countLimit else {
        throw TokenFileError(
          "cannot add token '\(name)': \(path) has \(TokenList.countLimit) tokens, and may not have more")
      }
      if text.last != 0x0A, !text.isEmpty { text.append(0x0A) }
      return text + Array((token.line + "\n").utf8)
    }
    return secret
  }

  /// Removes the line of a token; every other line stays as it is.
  package func remove(_ name: String) throws(TokenFileError) {
    try TokenFileEdit.run(path) { (old) throws(TokenFileError) in
      guard let old else { throw TokenFileError("cannot remove token '\(name)': there is no file \(path)") }
      let list = try TokenList(old, path: path)
      guard list.tokens.contains(where: { $0.name == name }) else {
        let known = list.tokens.map(\.name).joined(separator: ", ")
        throw TokenFileError(
          "cannot remove token '\(name)': \(path) has none of that name"
            + (known.isEmpty ? " and no other" : "; it has \(known)"))
      }
      let lines = old.split(separator: 0x0A, omittingEmptySubsequences: false)
      return Array(lines.filter { Self.name(of: $0) != name }.joined(separator: [0x0A]))
    }
  }

  private static let heading = """
    # Tokens of Daybook: name, scopes, SHA-256 of the secret, when it was made. Changed by: daybook token add, remove.

    """

  private static func name(of line: ArraySlice<UInt8>) -> String? {
    String(decoding: line, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map { String($0) }
  }

  private func bytes() throws(TokenFileError) -> [UInt8] {
    do throws(SecretFileError) {
      return try SecretFile(path).read()
    } catch {
      throw TokenFileError(error.description)
    }
  }
}
