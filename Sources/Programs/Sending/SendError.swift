/// Why sending stopped before the end. The text says what to do.
package struct SendError: Error, CustomStringConvertible, Sendable {
  package let description: String
  package init(_ description: String) { self.description = description }
}
