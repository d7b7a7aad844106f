/// The name of a time zone as a request gives it: `UTC`, or the shape of the IANA database, `Area/City`. Whether there is such
/// a zone only Postgres knows, whose database of zones is the one that is used.
///
/// The shape is asked for because Postgres takes more for a zone: abbreviations that several places share (`IST`), and any text
/// with a number in it as a POSIX rule (`Nowhere/City+5`).
package struct ZoneName: Hashable, Sendable {
  package let text: String

  /// The longest text that is looked at; the longest name has 32.
  private static let limit = 64

  package static let utc = "UTC"

  package init(parsing text: String) throws(QueryError) {
    guard text == Self.utc || Self.hasShape(text) else {
      throw .invalid(
        .unknownZone,
        "tz=\"\(text.prefix(100))\" is no name of a time zone: give UTC or Area/City, such as Europe/Berlin")
    }
    self.text = text
  }

  private static func hasShape(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), text.utf8.count <= limit else { return false }
    return parts.allSatisfy { part in
      guard let first = part.first, (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) else { return false }
      return part.allSatisfy { byte in
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x5F, 0x2D, 0x2B: true
        default: false
        }
      }
    }
  }
}
