import Access
import HTTPServer
import Runtime

/// Who gets in to the services, and over what: flags that all of them have.
struct AccessSettings {
  static let tokens = ProgramOption(
    "--tokens", "FILE", environment: "DAYBOOK_TOKENS",
    "File of tokens, made by 'daybook token add': every request then needs one. Read again when it changes.")
  static let allowAnonymous = ProgramOption(
    "--allow-anonymous", nil, environment: "DAYBOOK_ALLOW_ANONYMOUS",
    "Listen beyond loopback without tokens, although anybody who reaches the port may then use it.")
  static let hostNames = ProgramOption(
    "--host-name", "NAMES", environment: "DAYBOOK_HOST_NAMES",
    "Names apart by commas that clients call the services by, beside localhost and IP addresses. Requests for others get 421."
  )
  static let certificate = ProgramOption(
    "--tls-cert", "FILE", environment: "DAYBOOK_TLS_CERT",
    "PEM certificate, those that lead to the root behind it: the services then speak HTTPS only. Read again when it changes."
  )
  static let key = ProgramOption(
    "--tls-key", "FILE", environment: "DAYBOOK_TLS_KEY",
    "PEM private key of --tls-cert, without a password, readable by nobody else.")
  static let requestDeadline = ProgramOption(
    "--request-deadline", "SECONDS", environment: "DAYBOOK_REQUEST_DEADLINE", default: "30",
    "A request whose headers and body are not there by then is cut off.")

  static let options = [tokens, allowAnonymous, hostNames, certificate, key, requestDeadline]

  /// Nil: nobody is asked.
  let tokens: TokenFile?
  let hostNames: [String]
  /// Nil: plain HTTP.
  let tls: TLSFiles?
  let requestDeadline: Duration
  private let allowsAnonymous: Bool

  /// Reads the flags and whether they go together; `check` looks at the files.
  init(_ options: ProgramOptions) throws(UsageError) {
    tokens = Self.text(Self.tokens, options).map { TokenFile($0) }
    allowsAnonymous = options.isSet(Self.allowAnonymous.flag)
    hostNames = try Self.hostNames(Self.text(Self.hostNames, options) ?? "")
    requestDeadline = .seconds(try options.integer(Self.requestDeadline.flag, in: 1...3600))
    switch (Self.text(Self.certificate, options), Self.text(Self.key, options)) {
    case (let certificate?, let key?): tls = TLSFiles(certificate: certificate, key: key)
    case (nil, nil): tls = nil
    case (_?, nil): throw UsageError("--tls-cert needs its key: give --tls-key FILE, too")
    case (nil, _?): throw UsageError("--tls-key needs its certificate: give --tls-cert FILE, too")
    }
    guard tokens == nil || !allowsAnonymous else {
      throw UsageError(
        "--tokens and --allow-anonymous exclude each other: with tokens every request needs one, without them anybody is "
          + "let in")
    }
  }

  /// The address of `option`, refused beyond loopback unless somebody is asked there who calls, or nobody is to be.
  func listenAddress(_ option: ProgramOption, _ options: ProgramOptions) throws(UsageError) -> ListenAddress {
    let address = try ListenAddress(options[option.flag] ?? "")
    guard address.isLoopback || tokens != nil || allowsAnonymous else {
      throw UsageError(
        "\(option.flag) \(address) is reachable from other machines, and nothing would ask who calls: give --tokens FILE, "
          + "listen on 127.0.0.1, or say --allow-anonymous")
    }
    return address
  }

  /// Reads the files once, so that a mistake in them is told before anything is started.
  func check() throws(UsageError) {
    do throws(TokenFileError) {
      _ = try tokens?.read()
    } catch {
      throw Self.tokensError(error)
    }
    do throws(TLSFilesError) {
      _ = try tls?.load()
    } catch {
      throw UsageError("--tls-cert, --tls-key: \(error)")
    }
  }

  static func tokensError(_ error: TokenFileError) -> UsageError {
    UsageError("--tokens: \(error); daybook token add NAME --read --write --tokens FILE makes one")
  }

  private static func text(_ option: ProgramOption, _ options: ProgramOptions) -> String? {
    options[option.flag].flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func hostNames(_ text: String) throws(UsageError) -> [String] {
    let names = text.split(separator: ",").map { name in
      String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    for name in names where !AccessGate.isHostName(name) {
      throw UsageError(
        "--host-name: '\(name)' is no host name: write it without http:// and port, as in metrics.example.org")
    }
    return names
  }
}
