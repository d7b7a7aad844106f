/// A part of a request that a protocol made us leave out while the rest was accepted: kept with its reason, so that it
/// can be listed.
package struct RejectedSample: Sendable, Hashable {
  /// At most this many of one command are kept; the others are only counted.
  package static let keptLimit = 100

  /// A stable code, `bad_timestamp`.
  package let reason: String
  /// For people: what was wrong with which text. Cut to `detailLimit` bytes when stored.
  package let detail: String
  /// Where in the body: its line (from 1) or its index (from 0), as the protocol counts.
  package let line: Int?

  /// Bytes of UTF-8.
  package static let detailLimit = 1_000

  package init(reason: String, detail: String, line: Int? = nil) {
    self.reason = reason
    self.detail = detail
    self.line = line
  }
}
