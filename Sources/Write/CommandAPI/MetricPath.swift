import Events
import HTTPServer

/// The metric that a path names: `/v1/metrics/{name}`, the name percent-encoded, its slashes as `%2F`.
enum MetricPath {
  static let prefix = "/v1/metrics/"

  static func metric(_ path: String) throws(RequestFault) -> SeriesKey {
    let name = path.dropFirst(prefix.count)
    guard !name.contains("/") else {
      throw RequestFault(
        404, "not-found",
        "there is nothing at \(path.prefix(200)): in the name of a metric a slash is written as %2F")
    }
    let bytes = HTTPQuery.decodedBytes(name)
    do throws(SeriesKeyError) {
      // A request's target is repaired when it is read, so bytes that are no UTF-8 stand there as U+FFFD already.
      guard !name.contains("\u{FFFD}"), let text = String(validating: bytes, as: UTF8.self) else { throw .nameNotUTF8 }
      return try SeriesKey(name: text)
    } catch {
      throw RequestFault(422, error.code, error.description)
    }
  }
}
