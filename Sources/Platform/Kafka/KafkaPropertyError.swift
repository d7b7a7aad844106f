/// A line of a file of settings that cannot be used. Its text does not show the value, which may be a secret.
package struct KafkaPropertyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  package let reason: String

  package var description: String { "line \(line): \(reason)" }
}
