/// How long to wait before the next try: twice as long after each failure, within limits.
package struct Backoff {
  package static let least: Duration = .milliseconds(50)
  package static let most: Duration = .seconds(2)

  private var current = Backoff.least

  package init() {}

  package mutating func next() -> Duration {
    defer { current = min(Self.most, current * 2) }
    return current
  }

  package mutating func reset() { current = Self.least }
}
