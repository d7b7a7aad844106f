package import ReadModels

/// What the flushes of some positions did to one page, resolved. Never changes.
package final class TailStretch: Sendable {
  /// It has all rows of the page's tail with `base < sequence <= end`.
  package let base: Int64
  package let end: Int64
  package let changes: ResolvedChanges

  init(base: Int64, end: Int64, changes: ResolvedChanges) {
    (self.base, self.end, self.changes) = (base, end, changes)
  }

  package var samples: Int { changes.count }
}
