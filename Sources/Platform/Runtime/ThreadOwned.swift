import Glibc

/// One object per thread that asks, made at its first time and released when the thread ends: for scratch memory of
/// threads that somebody else owns. Hold it in a `static let` or for the life of the process: the key of a
/// `ThreadOwned` that goes away is not given back, since threads may still hold their objects.
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

  /// The calling thread's object. It must not be handed to another thread.
  package var value: Value {
    if let raw = pthread_getspecific(key) { return Unmanaged<Value>.fromOpaque(raw).takeUnretainedValue() }
    let made = make()
    pthread_setspecific(key, Unmanaged.passRetained(made).toOpaque())
    return made
  }
}
