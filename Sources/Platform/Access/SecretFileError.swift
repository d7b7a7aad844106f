import Glibc

/// Why a file with secrets is not read. The text names the file and what to do, and nothing that stands in it.
package struct SecretFileError: Error, Sendable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }

  /// `errno` of the call that failed.
  static func system(_ verb: String, _ path: String) -> SecretFileError {
    SecretFileError("cannot \(verb) \(path): \(String(cString: strerror(errno)))")
  }
}
