import Synchronization

/// A number that threads share.
final class Tally: Sendable {
  private let number = Atomic(0)
  var value: Int { number.load(ordering: .relaxed) }
  func add(_ amount: Int) { number.wrappingAdd(amount, ordering: .relaxed) }
}
