package import Queries

/// The parameters of a request, checked for names that the route does not know and for names given twice.
package struct QueryItems: Sendable {
  private let items: [(name: String, value: String)]

  /// The prefix of a label's filter: `label.region=eu`.
  static let labelPrefix = "label."

  /// - Parameters:
  ///   - items: decoded, in the order given.
  ///   - known: the names that may be given once.
  ///   - repeatable: those that may be given again. Any name with `label.` belongs to "label.NAME" there.
  package init(
    _ items: [(name: String, value: String)], known: [String], repeatable: [String] = []
  ) throws(QueryError) {
    var seen: Set<String> = []
    for (name, _) in items {
      let isLabel = name.hasPrefix(Self.labelPrefix) && name.utf8.count > Self.labelPrefix.utf8.count
      if repeatable.contains(name) { continue }
      guard known.contains(name) || (isLabel && repeatable.contains(Self.labelName)) else {
        throw Self.unknown(name, known + repeatable)
      }
      guard seen.insert(name).inserted else {
        throw .invalid(.duplicateParameter, "the parameter \"\(name)\" is given twice: give it once")
      }
    }
    self.items = items
  }

  /// How the list of known parameters calls label filters.
  static let labelName = "label.NAME"

  func value(_ name: String) -> String? {
    items.first { $0.name == name }?.value
  }

  func values(_ name: String) -> [String] {
    items.filter { $0.name == name }.map(\.value)
  }

  /// The value of a parameter that must be there and not empty.
  func required(_ name: String, _ meaning: String) throws(QueryError) -> String {
    guard let value = value(name), !value.isEmpty else {
      throw .invalid(.missingParameter, "the parameter \"\(name)\" is missing: give \(name)=\(meaning)")
    }
    return value
  }

  /// The filters `label.KEY=VALUE`, keys without the prefix.
  var labels: [(key: String, value: String)] {
    items.filter { $0.name.hasPrefix(Self.labelPrefix) }
      .map { (String($0.name.dropFirst(Self.labelPrefix.count)), $0.value) }
  }

  private static func unknown(_ name: String, _ known: [String]) -> QueryError {
    let list =
      known.isEmpty ? "this request takes none" : "the known ones are \(known.sorted().joined(separator: ", "))"
    return .invalid(.unknownParameter, "unknown parameter \"\(name.prefix(100))\": \(list)")
  }
}
