/// Why a token file cannot be read or changed. Holds no line of the file: one may hold a secret by mistake.
package struct TokenFileError: Error, Sendable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
