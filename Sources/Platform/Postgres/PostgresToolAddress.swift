/// How one of Postgres' own programs (`psql -d …`) gets to where a `PostgresAddress` points.
package struct PostgresToolAddress: Sendable {
  /// For the command line, which everybody on the machine can read: without secrets.
  package let conninfo: String
  /// For the program's environment, which only its user and root can read: the password, where there is one.
  package let environment: [(name: String, value: String)]

  /// - Parameters:
  ///   - application: shows in `pg_stat_activity`.
  ///   - sessionSettings: what each session begins with, after what the connection string says.
  /// - Throws: a connection string that cannot be parsed, or one with a secret that can only stand in it (`sslpassword`).
  package init(
    _ address: PostgresAddress, application: String, sessionSettings: [(name: String, value: String)]
  ) throws(PostgresError) {
    let settings = try address.toolSettings(application: application, sessionSettings: sessionSettings)
    if settings.contains(where: { $0.key == "sslpassword" }) {
      throw PostgresError(
        "hand the database's connection string to another program",
        message: "its sslpassword would be seen by everybody in the list of processes",
        hint: "leave it out and type it when asked, or use a key without a pass phrase")
    }
    conninfo = settings.filter { $0.key != "password" }.map { "\($0.key)=\(Self.quoted($0.value))" }
      .joined(separator: " ")
    environment = settings.filter { $0.key == "password" }.map { ("PGPASSWORD", $0.value) }
  }

  /// As libpq's key=value form wants it.
  private static func quoted(_ value: String) -> String {
    var text = "'"
    for character in value.unicodeScalars {
      if character == "'" || character == "\\" { text.unicodeScalars.append("\\") }
      text.unicodeScalars.append(character)
    }
    return text + "'"
  }
}
