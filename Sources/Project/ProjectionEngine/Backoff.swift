/// How long to wait before the next try: twice as long after each failure, within limits.
struct Backoff {
  static let least: Duration = .milliseconds(50)
  static let most: Duration = .seconds(2)

  private var current = Backoff.least

  mutating func next() -> Duration {
    defer { current = min(Self.most, current * 2) }
    return current
  }

  mutating func reset() { current = Self.least }
}
