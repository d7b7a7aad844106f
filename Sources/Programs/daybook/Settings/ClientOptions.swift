import Glibc
import HTTPClient
import Runtime

/// How a client program reaches the services: where, whom it believes, and which token it shows. The token comes from the
/// environment or a file, never from a flag: command lines can be read by every user of a machine.
struct ClientOptions {
  static let url = ProgramOption(
    "--url", "URL", environment: "DAYBOOK_URL",
    "Where the service is: http://HOST:PORT or https://HOST:PORT. Left out: where this machine's services listen.")
  static let tokenFile = ProgramOption(
    "--token-file", "FILE", environment: "DAYBOOK_TOKEN_FILE",
    "A file that holds the token to show. DAYBOOK_TOKEN holds the token itself, and wins.")
  static let certificates = ProgramOption(
    "--ca", "FILE", environment: "DAYBOOK_CA",
    "PEM file of the certificate authorities to believe, for https. Left out: the system's.")

  /// What every client program has.
  static let options = [url, tokenFile, certificates]
  static let tokenVariable = "DAYBOOK_TOKEN"
  /// For a subcommand's `variables`.
  static let variables = [(tokenVariable, "The token to show. Wins over --token-file.")]
  /// The most bytes of a token.
  private static let tokenLimit = 4_096

  /// The secret itself; nil: none is shown.
  let token: String?
  private let givenEndpoint: HTTPEndpoint?
  private let certificatesFile: String?
  private let settings: ProgramOptions

  init(
    _ options: ProgramOptions, environment: (String) -> String? = ProgramOptions.processEnvironment
  ) throws(UsageError) {
    settings = options
    if let text = options[Self.url.flag], !text.isEmpty {
      givenEndpoint = try HTTPEndpoint(url: text)
    } else {
      givenEndpoint = nil
    }
    certificatesFile = options[Self.certificates.flag].flatMap { $0.isEmpty ? nil : $0 }
    token = try Self.token(options, environment)
  }

  /// `--url`, or else where `listen` says that a service of this machine listens.
  func endpoint(listen: ProgramOption) throws(UsageError) -> HTTPEndpoint {
    if let givenEndpoint { return givenEndpoint }
    var address = try ListenAddress(settings[listen.flag] ?? "")
    // What listens on every address is reached on loopback.
    if address.host == "0.0.0.0" { address.host = "127.0.0.1" }
    if address.host == "::" { address.host = "::1" }
    return HTTPEndpoint(address)
  }

  /// Whom to believe; nil for plain http.
  func trust(_ endpoint: HTTPEndpoint) throws(HTTPClientError) -> TLSTrust? {
    endpoint.isSecure ? try TLSTrust(certificates: certificatesFile) : nil
  }

  /// A client of the service at `endpoint`. Send `headers` with every request.
  func client(_ endpoint: HTTPEndpoint, timeout: Duration = .seconds(30)) throws(HTTPClientError) -> HTTPClient {
    HTTPClient(endpoint, trust: try trust(endpoint), timeout: timeout)
  }

  /// What shows the token; empty without one.
  var headers: [(String, String)] { token.map { [("Authorization", "Bearer \($0)")] } ?? [] }

  private static func token(
    _ options: ProgramOptions, _ environment: (String) -> String?
  ) throws(UsageError) -> String? {
    if let text = environment(tokenVariable), !text.isEmpty { return try checked(text, from: tokenVariable) }
    guard let path = options[tokenFile.flag], !path.isEmpty else { return nil }
    guard let file = fopen(path, "re") else {
      throw UsageError("cannot read the token file \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: tokenLimit + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    return try checked(String(decoding: bytes[..<count], as: UTF8.self), from: path)
  }

  /// One line of visible ASCII; white space around it is cut. The error does not show it.
  private static func checked(_ text: String, from source: String) throws(UsageError) -> String {
    func trimmed(_ bytes: some Sequence<UInt8>) -> [UInt8] { Array(bytes.drop { $0 <= 0x20 }) }
    let token = trimmed(trimmed(text.utf8).reversed()).reversed()
    guard !token.isEmpty, token.count <= tokenLimit, token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw UsageError("\(source) holds no token: expected one line of visible ASCII, as 'daybook token add' prints it")
    }
    return String(decoding: token, as: UTF8.self)
  }
}
