package import Events
import JSON

/// The body of `PUT /v1/metrics/{name}`: `{"unit"?, "description"?, "kind"?}`, each a text or null.
package enum DescriptionBody {
  /// The most faults that an error names.
  package static let faultsLimit = 20

  package static func parse(
    _ body: UnsafeRawBufferPointer, metric: SeriesKey
  ) throws(DescriptionError) -> MetricDescribed {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument.parse(bytes: body)
    } catch {
      throw .notJSON(detail: error.description)
    }
    let members = withExtendedLifetime(document) { DescriptionMembers(document.root) }
    guard members.faults.isEmpty else { throw .bad(members.faults) }
    do throws(EventError) {
      return try MetricDescribed(
        metric: metric, unit: members.unit ?? .kept, description: members.description ?? .kept,
        kind: members.kind ?? .kept)
    } catch {
      preconditionFailure("BUG: a description that was checked is refused: \(error)")
    }
  }
}
