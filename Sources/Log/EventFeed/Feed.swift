package import Events
package import Runtime

/// An ordered stream of committed events after a position of each shard. Used by one thread.
///
/// What every feed keeps: events of a shard come in the order of positions; each is delivered at least once; nothing that
/// is not committed is delivered. A feed may deliver an event again, and may leave a hole: readers skip what they have and
/// ask the store for what is missing.
package protocol Feed: AnyObject {
  /// Whose events they are.
  var identity: StoreIdentity { get }
  /// Checks that each mark's event is in the store with the mark's hash.
  func verify(_ marks: [FeedMark]) throws(FeedError)
  /// The events behind the marks, as many as `limits` allow; does not wait.
  func fetch(after marks: [FeedMark], limits: FeedLimits) throws(FeedError) -> FeedBatch
  /// How far the marks are behind.
  func lag(after marks: [FeedMark]) throws(FeedError) -> [FeedLag]
  /// Waits until there may be new events, `timeout` has passed or `wake` is rung.
  func waitForEvents(timeout: Duration, wake: WakeDescriptor) throws(FeedError)
}
