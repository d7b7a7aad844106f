import CPostgres

/// Where a Postgres is and as whom to go there. The connection string may hold a password; `redacted` and `description`
/// never do.
package struct PostgresAddress: Sendable, Hashable, CustomStringConvertible {
  private let conninfo: String
  private var role: String?
  private var user: String?
  private var database: String?

  /// - Parameters:
  ///   - conninfo: a `postgresql://` URI or libpq's `key=value` form. What it leaves out libpq takes from its
  ///     environment (`PGHOST`, `PGPASSFILE` …).
  ///   - role: taken on at the start of each session (`SET ROLE`), so that its rights are the session's.
  package init(conninfo: String, role: String? = nil) {
    self.conninfo = conninfo
    self.role = role
  }

  package func with(role: String?) -> PostgresAddress {
    var copy = self
    copy.role = role
    return copy
  }

  package func with(user: String) -> PostgresAddress {
    var copy = self
    copy.user = user
    return copy
  }

  package func with(database: String) -> PostgresAddress {
    var copy = self
    copy.database = database
    return copy
  }

  /// Host, port, database, user and role.
  package var redacted: String {
    guard let settings = try? settings() else { return "(a connection string that cannot be parsed)" }
    var parts: [String] = []
    for key in ["host", "hostaddr", "port", "dbname", "user"] {
      if let value = settings.last(where: { $0.key == key })?.value { parts.append("\(key)=\(value)") }
    }
    if let role { parts.append("role=\(role)") }
    return parts.joined(separator: " ")
  }

  package var description: String { redacted }

  /// What the connection string says, key by key, with our user and database in place of its own.
  /// The parser's own message is left out of the error: it quotes what it stumbled over, maybe a password.
  func settings() throws(PostgresError) -> [(key: String, value: String)] {
    guard let parsed = PQconninfoParse(conninfo, nil) else {
      throw PostgresError(
        "parse the database's connection string",
        message: "expected key=value pairs or postgresql://user@host:port/database")
    }
    defer { PQconninfoFree(parsed) }
    var settings: [(key: String, value: String)] = []
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        settings.append((String(cString: keyword), String(cString: value)))
      }
      option += 1
    }
    if let user { replace("user", user, in: &settings) }
    if let database { replace("dbname", database, in: &settings) }
    return settings
  }

  /// Everything for PQconnectStartParams: the address with the session's settings. `options` of the connection string
  /// come first, so that ours win.
  func connectionSettings(
    application: String, timeouts: PostgresTimeouts
  ) throws(PostgresError) -> [(key: String, value: String)] {
    var settings = try settings()
    var options = settings.last { $0.key == "options" }.map { [$0.value] } ?? []
    func set(_ name: String, _ value: String) { options.append("-c \(name)=\(Self.escaped(value))") }
    set("statement_timeout", "\(Self.milliseconds(timeouts.statement))")
    set("lock_timeout", "\(Self.milliseconds(timeouts.lock))")
    set("idle_in_transaction_session_timeout", "\(Self.milliseconds(timeouts.idleInTransaction))")
    set("client_min_messages", "warning")
    if let role { set("role", role) }
    replace("options", options.joined(separator: " "), in: &settings)
    replace("application_name", application, in: &settings)
    replace("client_encoding", "UTF8", in: &settings)
    if timeouts.tcpUser > .zero {
      let seconds = max(1, timeouts.tcpUser.components.seconds / 2)
      replace("tcp_user_timeout", "\(Self.milliseconds(timeouts.tcpUser))", in: &settings)
      replace("keepalives", "1", in: &settings)
      replace("keepalives_idle", "\(seconds)", in: &settings)
      replace("keepalives_interval", "\(max(1, seconds / 3))", in: &settings)
      replace("keepalives_count", "3", in: &settings)
    }
    return settings
  }

  /// Everything for another program: the address, with the role and these settings at the end of its `options`.
  func toolSettings(
    application: String, sessionSettings: [(name: String, value: String)]
  ) throws(PostgresError) -> [(key: String, value: String)] {
    var settings = try settings()
    let ours = sessionSettings + (role.map { [("role", $0)] } ?? [])
    let options =
      (settings.last { $0.key == "options" }.map { [$0.value] } ?? [])
      + ours.map { "-c \($0.name)=\(Self.escaped($0.value))" }
    if !options.isEmpty { replace("options", options.joined(separator: " "), in: &settings) }
    replace("application_name", application, in: &settings)
    return settings
  }

  private func replace(_ key: String, _ value: String, in settings: inout [(key: String, value: String)]) {
    settings.removeAll { $0.key == key }
    settings.append((key, value))
  }

  /// A value for the server's command line: spaces and backslashes are marked.
  private static func escaped(_ value: String) -> String {
    var text = ""
    for character in value.unicodeScalars {
      if character == " " || character == "\\" { text.unicodeScalars.append("\\") }
      text.unicodeScalars.append(character)
    }
    return text
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    // A limit below a millisecond must not become "no limit".
    let whole = min(seconds, 2_000_000) * 1_000 + attoseconds / 1_000_000_000_000_000
    return whole == 0 && duration > .zero ? 1 : whole
  }
}
