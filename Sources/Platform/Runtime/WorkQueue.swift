/// A thread that runs what others hand to it.
package protocol WorkQueue: AnyObject, Sendable {
  typealias Work = @Sendable () -> Void

  /// Hands `work` over, from any thread. Works of one caller are run in order, each once. From when the thread is
  /// told to end they run on the caller's at once.
  func run(_ work: @escaping Work)
}
