/// What a request is answered with. `Date` and `Content-Length` are added when it is sent.
package struct HTTPResponse: Sendable {
  /// 200 to 599.
  package var status: Int
  /// In this order; a name may come twice. Values must be free of CR and LF: a response with others is sent as 500.
  package var headers: [(String, String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package static func text(_ status: Int, _ text: String, headers: [(String, String)] = []) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "text/plain; charset=utf-8")] + headers, body: Array(text.utf8))
  }

  /// `body` is JSON text; `contentType` may be `application/problem+json`.
  package static func json(
    _ status: Int, _ body: [UInt8], headers: [(String, String)] = [], contentType: String = "application/json"
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("Content-Type", contentType)] + headers, body: body)
  }

  package static func json(
    _ status: Int, _ text: String, headers: [(String, String)] = [], contentType: String = "application/json"
  ) -> HTTPResponse {
    json(status, Array(text.utf8), headers: headers, contentType: contentType)
  }
}
