import HTTPServer
import Runtime

/// A web site of somebody else on this machine: an empty page.
final class ForeignSite {
  private let server: HTTPServer
  var port: UInt16 { server.port }

  init() throws {
    let settings = HTTPServerSettings(host: "127.0.0.1", port: 0)
    server = try HTTPServer(settings, logger: Logger(program: "foreign", level: .error)) { exchange in
      exchange.respond(
        HTTPResponse(
          status: 200, headers: [("Content-Type", "text/html; charset=utf-8")],
          body: Array("<!doctype html><title>elsewhere</title><body>".utf8)))
    }
  }

  func stop() { server.stop() }
}
