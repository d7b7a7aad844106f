/// Why bytes are no JSON document that we take. `offset` counts bytes from the document's start, where it is known.
package enum JSONError: Error, Equatable, CustomStringConvertible {
  case malformed(reason: String, offset: Int?)
  case notUTF8(offset: Int?)
  case tooDeep(limit: Int)
  /// A number that is malformed, or whose absolute value is beyond Float64.
  case badNumber(offset: Int?)
  case empty
  case tooLarge(count: Int)

  package var offset: Int? {
    switch self {
    case .malformed(_, let offset), .notUTF8(let offset), .badNumber(let offset): offset
    case .tooDeep, .empty, .tooLarge: nil
    }
  }

  /// Safe to show to whoever sent the document: holds nothing of it.
  package var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return switch self {
    case .malformed(let reason, _): "cannot read JSON\(place): \(reason)"
    case .notUTF8: "cannot read JSON\(place): not valid UTF-8"
    case .tooDeep(let limit): "cannot read JSON: nested deeper than \(limit) levels"
    case .badNumber: "cannot read JSON\(place): a number is malformed or beyond the range of Float64"
    case .empty: "cannot read JSON: the document is empty"
    case .tooLarge(let count): "cannot read JSON: no memory to parse \(count) bytes"
    }
  }
}
