/// Why sending stopped before the end. The text says what to do.
package struct SendError: Error, CustomStringConvertible, Sendable {
  package let description: String
  /// Nothing failed: the run was stopped from outside.
  let isInterruption: Bool

  package init(_ description: String) { self.init(description, isInterruption: false) }

  private init(_ description: String, isInterruption: Bool) {
    self.description = description
    self.isInterruption = isInterruption
  }

  static let interruption = SendError("stopped", isInterruption: true)
}
