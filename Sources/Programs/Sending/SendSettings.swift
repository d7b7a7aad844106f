package import HTTPClient

/// What one run of `send` is to do.
package struct SendSettings: Sendable {
  package enum Beginning: Sendable {
    /// At the input's first record; an earlier run that did not end stands in the way.
    case fresh
    /// Where the earlier run stopped.
    case resume
    /// At the input's first record, whatever an earlier run did.
    case restart
  }

  package var format: SendFormat
  package var mode: SendMode
  package var beginning = Beginning.fresh
  /// Where progress is kept; nil: nowhere.
  package var stateFile: String?
  /// Where all that is rejected goes; nil: nowhere.
  package var rejectedFile: String?
  package var connections = 4
  package var gzip = false
  package var retryFor = Duration.seconds(300)
  /// Checks everything here and sends nothing.
  package var isDryRun = false
  package var endpoint: HTTPEndpoint
  package var trust: TLSTrust?
  /// Sent with every request: what shows the token.
  package var headers: [(String, String)] = []
  /// The token itself, to tell it from another on `--resume`; it is never written anywhere.
  package var token: String?

  package init(format: SendFormat, mode: SendMode, endpoint: HTTPEndpoint) {
    self.format = format
    self.mode = mode
    self.endpoint = endpoint
  }

  /// All that decides what is sent for an input.
  var parameters: [String] {
    (format.parameters + [("mode", mode.rawValue), ("gzip", "\(gzip)")]).map { "\($0)=\($1)" }
  }
}
