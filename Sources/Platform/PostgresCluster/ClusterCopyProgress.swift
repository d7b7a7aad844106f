/// How far a copy of a cluster is.
package struct ClusterCopyProgress: Sendable {
  package enum Step: Sendable {
    /// Files go from the one place to the other.
    case copying
    /// The copy is compared with its manifest, every byte of it.
    case checking
  }

  package let step: Step
  package let bytes: Int
  /// An estimate; nil while it is not known.
  package let total: Int?
}
