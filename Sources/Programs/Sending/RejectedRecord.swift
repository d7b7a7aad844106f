/// A record, or a part of one, that is not in the store, and why.
package struct RejectedRecord: Sendable, Equatable {
  /// The line of the input where the record begins, from 1.
  package let line: Int
  /// A stable word: `bad-time`.
  package let reason: String
  /// For people.
  package let detail: String

  package init(line: Int, reason: String, detail: String) {
    self.line = line
    self.reason = reason
    self.detail = detail
  }
}
