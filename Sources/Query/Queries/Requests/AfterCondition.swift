package import Events

/// What an answer must have read, and how long it may be waited for: `after` and `wait`.
package struct AfterCondition: Sendable {
  /// Of all tokens given, per shard the latest position. They are of one store and generation.
  package let token: PositionToken
  package let wait: Duration

  package init(token: PositionToken, wait: Duration) {
    self.token = token
    self.wait = wait
  }
}
