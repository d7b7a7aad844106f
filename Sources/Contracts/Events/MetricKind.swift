/// How a metric's values are to be read. The numbers are in every log: never change or reuse one.
package enum MetricKind: UInt8, Sendable, CaseIterable {
  /// Goes up and down: a temperature.
  case gauge = 1
  /// Only grows, and starts anew at zero: bytes sent.
  case counter = 2

  /// The name in requests, tables and answers.
  package var name: String {
    switch self {
    case .gauge: "gauge"
    case .counter: "counter"
    }
  }

  package init?(name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}
