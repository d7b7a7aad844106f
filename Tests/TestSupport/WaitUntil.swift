import Runtime

/// A condition did not come true in time.
package struct WaitTimeout: Error, CustomStringConvertible {
  package let what: String
  package let deadline: Duration

  package init(what: String, deadline: Duration) {
    self.what = what
    self.deadline = deadline
  }

  package var description: String { "waited \(deadline) in vain for \(what)" }
}

/// Asks again and again until `condition` holds.
/// - Throws: `WaitTimeout` after `deadline`, or what `condition` throws.
package func waitUntil(
  deadline: Duration = .seconds(20), _ what: String = "a condition", _ condition: () throws -> Bool
) throws {
  let end = MonotonicClock.deadline(after: deadline)
  while try !condition() {
    if MonotonicClock.now >= end { throw WaitTimeout(what: what, deadline: deadline) }
    MonotonicClock.sleep(for: .milliseconds(5))
  }
}
