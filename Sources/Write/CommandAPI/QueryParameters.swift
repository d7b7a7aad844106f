/// The parameters of a request's query.
struct QueryParameters {
  private let items: [(name: String, value: String)]

  init(_ items: [(name: String, value: String)]) { self.items = items }

  /// The first one of that name; nil when it is absent or empty.
  func value(_ name: String) -> String? {
    items.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  func has(_ name: String) -> Bool { items.contains { $0.name == name } }

  /// The native API takes every parameter at its word: an unknown one, or one given twice, is an error.
  func check(known: [String]) throws(RequestFault) {
    for (index, item) in items.enumerated() {
      guard known.contains(item.name) else {
        throw RequestFault(
          400, "unknown-parameter",
          "unknown parameter \"\(item.name.prefix(100))\": "
            + (known.isEmpty ? "none is known here" : "known are \(known.joined(separator: ", "))"))
      }
      guard !items[..<index].contains(where: { $0.name == item.name }) else {
        throw RequestFault(400, "duplicate-parameter", "parameter \"\(item.name)\" is given twice: give it once")
      }
    }
  }
}
