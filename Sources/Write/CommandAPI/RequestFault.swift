/// Why a request is refused, before it is put in the shape of its protocol. Thrown by whatever looks at requests; every
/// text is meant for the client.
struct RequestFault: Error, Sendable {
  /// One bad part of the body.
  struct Part: Sendable {
    let place: Place
    let code: String
    let detail: String
  }

  enum Place: Sendable {
    /// From 0.
    case index(Int)
    /// From 1.
    case line(Int)
    /// JSON Pointer (RFC 6901).
    case pointer(String)
  }

  let status: Int
  /// A stable word for programs.
  let code: String
  /// For people: what was expected, what came, what to do.
  let detail: String
  var headers: [(String, String)] = []
  var retryAfterSeconds: Int?
  /// The first of the bad parts.
  var parts: [Part] = []
  /// How many bad samples or lines there are; nil when the body has none, or was not looked at.
  var partsTotal: Int?

  init(_ status: Int, _ code: String, _ detail: String) {
    self.status = status
    self.code = code
    self.detail = detail
  }

  static func pathUnknown(_ path: String) -> RequestFault {
    RequestFault(
      404, "not-found",
      "there is nothing at \(path.prefix(200)); this service has "
        + Route.allCases.map(\.rawValue).joined(separator: ", "))
  }

  static func methodNotAllowed(_ method: String, _ route: Route) -> RequestFault {
    let allowed = route.methods.joined(separator: ", ")
    var fault = RequestFault(
      405, "method-not-allowed", "cannot \(method.prefix(20)) \(route.rawValue): allowed is \(allowed)")
    fault.headers = [("Allow", allowed)]
    return fault
  }

  static func bodyTooLarge(limit: Int) -> RequestFault {
    RequestFault(
      413, "body-too-large",
      "cannot accept body: it has more than \(limit >> 20) MiB (\(limit) bytes, after decompression); send it in smaller batches"
    )
  }

  /// More is under way than the service may hold in memory.
  static func overloaded() -> RequestFault {
    var fault = RequestFault(
      503, "overloaded", "cannot take the request: too much is under way; send it again after 1 s")
    fault.retryAfterSeconds = 1
    return fault
  }

  static func stopping() -> RequestFault {
    var fault = RequestFault(
      503, "stopping", "cannot take the request: the service is stopping; send it again after 1 s")
    fault.retryAfterSeconds = 1
    return fault
  }
}
