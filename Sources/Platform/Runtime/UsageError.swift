/// A command line that cannot be understood. The text says what is wrong and what would be right.
package struct UsageError: Error, CustomStringConvertible, Equatable {
  package let description: String
  package init(_ description: String) { self.description = description }
}
