package import Runtime
import Synchronization

/// The tokens of a file as it is now: a change takes effect within a second, in every process that has the file open.
package final class TokenStore: Sendable {
  private let watch: FileWatch

  private final class Current: Sendable {
    let list: Mutex<TokenList>
    init(_ list: TokenList) { self.list = Mutex(list) }
  }

  private let current: Current

  /// Reads the file at once. Later, a file that cannot be read or understood leaves the tokens as they were.
  package init(_ file: TokenFile, logger: Logger) throws(TokenFileError) {
    let current = Current(try file.read())
    self.current = current
    watch = try FileWatch("token file", paths: [file.path], logger: logger) { () throws(TokenFileError) in
      let list = try file.read()
      current.list.withLock { $0 = list }
    }
  }

  package var count: Int { current.list.withLock { $0.tokens.count } }

  func token(of secret: String) -> AccessToken? { current.list.withLock { $0 }.token(of: secret) }

  /// Ends the thread that watches the file.
  package func stop() { watch.stop() }
}
