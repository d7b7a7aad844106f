/// Why a body is no description of a metric.
package enum DescriptionError: Error, Equatable, Sendable {
  /// `detail` is safe to show and holds nothing of the body.
  case notJSON(detail: String)
  /// All that is wrong, in the order of the body; never empty, at most `DescriptionBody.faultsLimit`.
  case bad([DescriptionFault])
}
