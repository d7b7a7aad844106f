package import Events
package import Runtime

/// An ordered stream of committed events after a position of each shard. Used by one thread.
///
/// What every feed keeps: events of a shard come in the order of positions; each is delivered at least once; nothing that
/// is not committed is delivered. A feed may deliver an event again, and may leave a hole: readers skip what they have and
/// ask the store for what is missing. What is wrong with one shard is a `FeedFault`, and keeps no other shard back; what is
/// thrown concerns all of them.
package protocol Feed: AnyObject {
  /// Whose events they are.
  var identity: StoreIdentity { get }
  /// Why nothing comes at the moment although there may be something; nil: nothing is known to be wrong.
  var problem: String? { get }
  /// From here on events after `marks` are wanted, whatever was before. Called with each new order and with each new feed.
  /// Returns the shards that cannot be read: those where the event of one of `checks` is not in the store with its hash.
  func begin(after marks: [FeedMark], checking checks: [FeedMark]) throws(FeedError) -> [FeedFault]
  /// The events behind the marks, as many as `limits` allow; does not wait.
  func fetch(after marks: [FeedMark], limits: FeedLimits) throws(FeedError) -> FeedBatch
  /// An event that this feed gave cannot be decoded. True: it came from elsewhere than the store, and will come from there
  /// at the next fetch. False: the same would come again.
  func distrust(shard: Int, position: Int64) -> Bool
  /// How far the marks are behind.
  func lag(after marks: [FeedMark]) throws(FeedError) -> [FeedLag]
  /// Waits until there may be new events, `timeout` has passed or `wake` is rung.
  func waitForEvents(timeout: Duration, wake: WakeDescriptor) throws(FeedError)
}
