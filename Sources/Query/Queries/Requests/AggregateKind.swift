/// A number that a timeline can tell of a bucket. The raw value is its name in the request and the answer.
package enum AggregateKind: String, CaseIterable, Sendable {
  case avg, sum, count, min, max, first, last

  /// A list with commas, such as `avg,max`; a name given twice counts once.
  package static func parseList(_ text: String) throws(QueryError) -> [AggregateKind] {
    var kinds: [AggregateKind] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let kind = AggregateKind(rawValue: String(name)) else {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(.invalidAggregate, "\"\(name)\" is no aggregate: the known ones are \(known)")
      }
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds
  }
}
