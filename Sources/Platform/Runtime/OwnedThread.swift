import CLinux
import Glibc

/// A POSIX thread that one role of the program owns. Blocking C calls run on these, never on Swift's cooperative pool.
///
/// `@unchecked Sendable`: the only mutable state is the thread id, written once in `init` before anybody else has `self`.
package final class OwnedThread: @unchecked Sendable {
  private var handle = pthread_t()
  package let name: String

  /// Starts a thread called `name` (the first 15 bytes show in `ps -L`) that runs `body` and ends with it.
  package init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    self.name = name
    let start = Unmanaged.passRetained(StartBox(name: name, body: body))
    let status = pthread_create(
      &handle, nil,
      { raw in
        let box = Unmanaged<StartBox>.fromOpaque(raw!).takeRetainedValue()
        daybook_name_thread(box.name)
        box.body()
        return nil
      }, start.toOpaque())
    precondition(status == 0, "cannot start thread \(name): errno \(status)")
  }

  /// Nobody will wait for its end: instead of `join`.
  package func detach() { pthread_detach(handle) }

  /// Waits until the body has returned. To be called once, from another thread.
  package func join() {
    pthread_join(handle, nil)
  }

  private final class StartBox {
    let name: String
    let body: @Sendable () -> Void
    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
}
