import HTTPClient
import Runtime

/// Says once, after the start, that the services are ready and where they are.
struct ReadinessNotice {
  /// A service that does not answer by then is asked again at the next check.
  private static let timeout = Duration.milliseconds(100)

  private let command: ListenAddress?
  private let query: ListenAddress?
  private let alive: [ListenAddress]
  private let scheme: String
  /// It was said, or cannot be: see `init`.
  private(set) var isDone: Bool

  /// A nil service is not run here. With port 0 nobody but the child knows where it listens, and only its log says so.
  /// - Parameters:
  ///   - alive: of those that need not be ready: one that has much to catch up with is no reason to keep the others from work.
  ///   - scheme: `http` or `https`.
  init(command: ListenAddress?, query: ListenAddress?, alive: [ListenAddress], scheme: String) {
    self.command = command
    self.query = query
    self.alive = alive.filter { $0.port != 0 }
    self.scheme = scheme
    isDone = [command, query].contains { $0 == nil || $0?.port == 0 }
  }

  /// Asks, unless it has been said. Blocks for at most a few `timeout`s.
  mutating func check(_ logger: Logger) {
    guard !isDone, let command, let query else { return }
    guard isReady(command), isReady(query) else { return }
    guard alive.allSatisfy({ isReady($0, "/livez") }) else { return }
    isDone = true
    logger.info("ready", ["post": "\(scheme)://\(command)", "read": "\(scheme)://\(query)", "stop": "Ctrl-C"])
  }

  private func isReady(_ address: ListenAddress, _ path: String = "/readyz") -> Bool {
    let isSecure = scheme == "https"
    // The certificate is for the names by which clients call the service; here it is called by its address.
    let trust = isSecure ? try? TLSTrust(verifyingNothing: ()) : nil
    let client = HTTPClient(HTTPEndpoint(address, isSecure: isSecure), trust: trust, timeout: Self.timeout)
    return (try? client.send("GET", path))?.status == 200
  }
}
