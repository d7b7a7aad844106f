import Access
import HTTPServer
import Runtime

/// A service's gate and its certificate while it runs. Everything that listens gets its settings from here.
final class ServiceAccess {
  private let settings: AccessSettings
  private let tokens: TokenStore?
  private let gate: AccessGate
  private let tls: HTTPServerTLS?
  private let certificateWatch: FileWatch?

  /// Reads the files of tokens and certificate and goes on watching them.
  init(_ settings: AccessSettings, logger: Logger, metrics: MetricsRegistry) throws(UsageError) {
    try settings.check()
    self.settings = settings
    do throws(TokenFileError) {
      if let file = settings.tokens { tokens = try TokenStore(file, logger: logger) } else { tokens = nil }
    } catch {
      throw AccessSettings.tokensError(error)
    }
    do throws(TLSFilesError) {
      tls = try settings.tls?.load()
      if let tls { certificateWatch = try settings.tls?.watch(tls, logger: logger) } else { certificateWatch = nil }
    } catch {
      throw UsageError("--tls-cert, --tls-key: \(error)")
    }
    gate = AccessGate(tokens: tokens, hostNames: settings.hostNames, metrics: metrics)
  }

  /// What a server of `policy`'s is to let in, and over what.
  func apply(to server: inout HTTPServerSettings, policy: any AccessPolicy) {
    server.tls = tls
    server.requestDeadline = settings.requestDeadline
    gate.apply(to: &server, policy: policy)
  }

  /// Says where a service listens and, where that is news to nobody but an attacker, what is open.
  func logListening(_ address: ListenAddress, _ logger: Logger) {
    logger.info(
      "listening",
      [
        "address": "\(address)", "scheme": settings.scheme,
        "access": tokens.map { "\($0.count) tokens" } ?? "anonymous",
      ])
    guard !address.isLoopback else { return }
    if tokens == nil {
      logger.warning("anybody who reaches this address may use the service: give --tokens", ["address": "\(address)"])
    } else if tls == nil {
      logger.warning(
        "tokens cross the network unencrypted: give --tls-cert and --tls-key, or put TLS before this",
        ["address": "\(address)"])
    }
  }

  /// Ends the threads that watch the files.
  func stop() {
    tokens?.stop()
    certificateWatch?.stop()
  }
}

extension AccessSettings {
  /// Of the services' URLs.
  var scheme: String { tls == nil ? "http" : "https" }
}
