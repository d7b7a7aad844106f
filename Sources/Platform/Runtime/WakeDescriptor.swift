import CLinux
import Glibc

/// An eventfd(2) that another thread rings to end a wait early. Rings before the wait count; many count as one.
package final class WakeDescriptor: Sendable {
  package let descriptor: Int32

  package init() {
    descriptor = daybook_eventfd()
    precondition(descriptor >= 0, "cannot open an eventfd: errno \(errno)")
  }

  deinit { Glibc.close(descriptor) }

  /// From any thread; does not block.
  package func wake() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// Takes all rings so far.
  package func clear() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}
