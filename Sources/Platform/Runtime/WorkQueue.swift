/// A thread that runs what others hand to it.
package protocol WorkQueue: AnyObject, Sendable {
  typealias Work = @Sendable () -> Void

  /// Hands `work` over, from any thread. Works of one caller are run in order, each once; after the thread has ended, on
  /// the caller's.
  func run(_ work: @escaping Work)
}
