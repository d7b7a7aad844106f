/// Why packed bytes could not be read. Always final: the same bytes fail again. Holds no part of the data, so its text
/// is safe to show and to log.
package enum ColumnError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The bytes end in the middle of something.
  case truncated(wanted: Int, remaining: Int, at: Int)
  /// A count or length is above what the reader was told to accept.
  case overLimit(what: String, value: UInt64, limit: Int, at: Int)
  /// The bytes say something that no writer writes.
  case malformed(String, at: Int)

  package var description: String {
    switch self {
    case .truncated(let wanted, let remaining, let at):
      "cannot read packed bytes at offset \(at): expected \(wanted) more bytes, actual \(remaining)"
    case .overLimit(let what, let value, let limit, let at):
      "cannot read packed bytes at offset \(at): expected at most \(limit) \(what), actual \(value)"
    case .malformed(let what, let at):
      "cannot read packed bytes at offset \(at): \(what)"
    }
  }
}
