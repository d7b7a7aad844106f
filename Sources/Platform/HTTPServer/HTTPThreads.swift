/// The threads of a server, and the connections that they serve.
protocol HTTPThreads: Sendable {
  /// Takes in no connection any more: who connects is refused. Waits until that is so. To be called once, before `stop`.
  func stopAccepting()

  /// Ends all connections, none of which may be suspended, and the threads. Waits for them. To be called once.
  func stop()
}
