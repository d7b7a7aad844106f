/// What a description says about one attribute of a metric.
package enum AttributeChange<Value: Hashable & Sendable>: Hashable, Sendable {
  /// Nothing: it stays what it was.
  case kept
  /// It is not known any more.
  case cleared
  case set(Value)

  /// What is left to do when `later` is said after this.
  package func followed(by later: Self) -> Self {
    if case .kept = later { self } else { later }
  }
}
