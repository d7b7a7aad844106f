/// What the texts that describe a metric may be. Neither may hold a control character (category Cc), line breaks among
/// them: they stand in one line of a table.
package enum MetricTextRule: Sendable {
  case unit, description

  /// Why a text is refused.
  package enum Fault: Hashable, Sendable {
    case tooLong, controlCharacter
  }

  /// The most characters (Unicode scalars) of a unit.
  package static let unitLimit = 64
  /// The most bytes of a description.
  package static let descriptionLimit = 1_024

  /// Nil: it is accepted.
  package func fault(of text: String) -> Fault? {
    let isTooLong =
      switch self {
      case .unit: text.unicodeScalars.count > Self.unitLimit
      case .description: text.utf8.count > Self.descriptionLimit
      }
    if isTooLong { return .tooLong }
    return text.unicodeScalars.contains(where: SeriesKey.isControl) ? .controlCharacter : nil
  }

  /// The limit with its unit, for people.
  package var limitText: String {
    switch self {
    case .unit: "\(Self.unitLimit) characters"
    case .description: "\(Self.descriptionLimit) bytes"
    }
  }
}
