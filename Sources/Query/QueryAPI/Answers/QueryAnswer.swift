import Events
import HTTPServer
import Queries

/// An answer with its body, ready to be sent.
struct QueryAnswer: Sendable {
  var status = 200
  var contentType = "application/json"
  var body: [UInt8]
  /// The token of what the answer holds.
  var position: String?
  /// The cursor of the page behind this one.
  var next: String?
  var headers: [(String, String)] = []

  var response: HTTPResponse {
    var headers = [("Content-Type", contentType)]
    if let position { headers.append(("Daybook-Position", position)) }
    return HTTPResponse(status: status, headers: headers + self.headers, body: body)
  }

  init(body: [UInt8], position: String? = nil) {
    self.body = body
    self.position = position
  }

  /// - Throws: when it is larger than the style allows.
  init(_ answer: some WritableAnswer, _ style: AnswerStyle) throws(QueryError) {
    body = try answer.body(style)
    contentType = style.format.contentType
    position = answer.position.description
    next = answer.next.cursor?.description
    headers = [("Vary", "Accept")]
  }

  init(text: String, status: Int = 200) {
    self.status = status
    contentType = "text/plain; charset=utf-8"
    body = Array(text.utf8)
  }

  init(_ response: HTTPResponse) {
    status = response.status
    contentType = response.headers.first { $0.0 == "Content-Type" }?.1 ?? contentType
    headers = response.headers.filter { $0.0 != "Content-Type" }
    body = response.body
  }

  init(_ problem: Problem) {
    status = problem.status
    contentType = Problem.contentType
    body = problem.body
    if let seconds = problem.retryAfterSeconds { headers = [("Retry-After", "\(seconds)")] }
  }
}
