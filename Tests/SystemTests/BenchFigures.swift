import Foundation
import Testing

/// The object that `daybook bench --json` prints.
struct BenchFigures: CustomStringConvertible {
  private let values: [String: Double]
  let description: String

  init(_ text: String) throws {
    description = text
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    values = try #require(object, "\(text)").compactMapValues { ($0 as? NSNumber)?.doubleValue }
  }

  subscript(key: String) -> Double? { values[key] }

  func requireKeys(_ keys: [String]) {
    for key in keys { #expect(values[key] != nil, "\(key) is missing in \(description)") }
  }

  func requirePositive(_ keys: [String]) throws {
    for key in keys { #expect(try #require(values[key], "\(key) in \(description)") > 0, "\(key) in \(description)") }
  }
}
