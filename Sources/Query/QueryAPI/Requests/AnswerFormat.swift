import Queries

/// In what an answer is written, as the client's `Accept` asks (RFC 9110, section 12.5.1).
package enum AnswerFormat: CaseIterable, Sendable {
  /// What who does not care gets.
  case json
  case csv

  /// Without parameters.
  var mediaType: String {
    switch self {
    case .json: "application/json"
    case .csv: "text/csv"
    }
  }

  /// For `Content-Type`.
  var contentType: String {
    switch self {
    case .json: "application/json"
    case .csv: "text/csv; charset=utf-8; header=present"
    }
  }

  /// The format among `offered` that the client likes best; of equally liked ones the first. Nil: it takes none of them.
  /// - Parameter accept: the header's value; nil or empty: it takes everything. Parts that are no media ranges are passed
  ///   over, parameters but `q` too.
  package static func preferred(_ accept: String?, of offered: [AnswerFormat] = allCases) -> AnswerFormat? {
    let ranges = MediaRange.list(accept ?? "")
    if ranges.isEmpty { return offered.first }
    var best: (format: AnswerFormat, quality: Int)?
    for format in offered {
      // The most exact range that matches says how much it is liked.
      let matching = ranges.filter { $0.matches(format.mediaType) }
      guard let exactest = matching.max(by: { $0.exactness < $1.exactness }), exactest.quality > best?.quality ?? 0
      else { continue }
      best = (format, exactest.quality)
    }
    return best?.format
  }
}
