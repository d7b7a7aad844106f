package import Events

/// What a change in the tail does to its series. Kind 3 is kept free for retractions.
package enum ChangeKind: UInt8, Sendable {
  /// The sample takes the place of all samples that the series has at its time.
  case replace = 1
  /// The sample is added to those at its time.
  case observe = 2

  package init(_ mode: SampleMode) {
    switch mode {
    case .replace: self = .replace
    case .observe: self = .observe
    }
  }
}
