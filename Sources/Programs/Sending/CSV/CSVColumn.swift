package import Runtime

/// A column as a user names it: by its header, or by its number from 1 where there is no header.
package enum CSVColumn: Sendable, Equatable, CustomStringConvertible {
  case name(String)
  case number(Int)

  package init(_ text: String, hasHeader: Bool) throws(UsageError) {
    guard !hasHeader else {
      self = .name(text)
      return
    }
    guard let number = Int(text), (1...CSVLayout.columnLimit).contains(number) else {
      throw UsageError("with --no-header a column is a number from 1 to \(CSVLayout.columnLimit), and not '\(text)'")
    }
    self = .number(number)
  }

  package var description: String {
    switch self {
    case .name(let name): name
    case .number(let number): String(number)
    }
  }
}
