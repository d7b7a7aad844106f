import Synchronization

/// A number that only grows. Any thread; an addition is one relaxed atomic instruction.
package final class Counter: Sendable {
  private let count = Atomic<UInt64>(0)
  package init() {}
  /// A negative amount counts as zero.
  package func add(_ amount: Int = 1) { count.wrappingAdd(UInt64(max(0, amount)), ordering: .relaxed) }
  package var value: UInt64 { count.load(ordering: .relaxed) }
}
