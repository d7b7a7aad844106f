import CMicroHTTP
import Glibc

/// A request of which the headers are there and the body is not: what `HTTPServerSettings.admit` decides by.
///
/// Valid only while that function runs: it reads libmicrohttpd's list of headers. Not Sendable for that reason.
package struct HTTPRequestHead {
  /// As sent: `GET`, `POST`, …
  package let method: String
  /// As sent, not decoded.
  package let path: String
  /// What follows the question mark, as sent; empty if there is none. May hold a secret: not for logs.
  package let query: String
  /// `host:port` of a target in absolute form (`GET http://host:port/path`), which clients send to proxies.
  package let authority: String?
  /// HTTP/1.0, whose requests need no `Host`.
  package let isVersion10: Bool
  /// Whether it came over TLS.
  package let isEncrypted: Bool
  private let handle: OpaquePointer

  init(_ exchange: HTTPExchange, _ handle: OpaquePointer, version: String, isEncrypted: Bool) {
    method = exchange.method
    path = exchange.path
    query = exchange.query
    authority = exchange.authority
    isVersion10 = version == "HTTP/1.0"
    self.isEncrypted = isEncrypted
    self.handle = handle
  }

  /// The value of the first header of that name, in whatever case.
  package func header(_ name: String) -> String? {
    MHD_lookup_connection_value(handle, .HEADER_KIND, name).map { String(cString: $0) }
  }

  /// The values of all headers of that name, in whatever case, in the order sent.
  package func headers(_ name: String) -> [String] {
    var search = (name: name, values: [String]())
    withUnsafeMutablePointer(to: &search) { pointer in
      _ = MHD_get_connection_values(
        handle, .HEADER_KIND,
        { context, _, name, value in
          guard let context, let name else { return .YES }
          let search = context.assumingMemoryBound(to: (name: String, values: [String]).self)
          if strcasecmp(name, search.pointee.name) == 0 {
            search.pointee.values.append(value.map { String(cString: $0) } ?? "")
          }
          return .YES
        }, pointer)
    }
    return search.values
  }
}
