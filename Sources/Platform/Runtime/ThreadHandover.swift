/// A value that one thread made and another one is to have: whoever makes the handover keeps nothing of it.
///
/// `@unchecked Sendable`: `take` is called once, by the thread that was started with this, after `init` returned.
package final class ThreadHandover<Value: ~Copyable>: @unchecked Sendable {
  private var value: Value?

  package init(_ value: consuming Value) { self.value = consume value }

  /// To be called once.
  package func take() -> Value {
    guard let taken = value.take() else { preconditionFailure("BUG: a handover is taken once") }
    return taken
  }
}
