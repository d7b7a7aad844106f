import Glibc

/// One object per thread that asks, made at its first time and released when the thread ends: for scratch memory of
/// threads that somebody else owns. It should live longer than those threads: objects of threads that are still running
/// when it goes are never released.
///
/// `@unchecked Sendable`: a pthread key gives every thread its own slot, so no object is ever seen by two threads.
package final class ThreadOwned<Value: AnyObject>: @unchecked Sendable {
  private var key = pthread_key_t()
  private let make: @Sendable () -> Value

  package init(_ make: @escaping @Sendable () -> Value) {
    self.make = make
    let status = pthread_key_create(&key) { raw in
      guard let raw else { return }
      Unmanaged<AnyObject>.fromOpaque(raw).release()
    }
    precondition(status == 0, "cannot make a thread-owned value: errno \(status)")
  }

  deinit { pthread_key_delete(key) }

  /// The calling thread's object. It must not be handed to another thread.
  package var value: Value {
    if let raw = pthread_getspecific(key) { return Unmanaged<Value>.fromOpaque(raw).takeUnretainedValue() }
    let made = make()
    pthread_setspecific(key, Unmanaged.passRetained(made).toOpaque())
    return made
  }
}
