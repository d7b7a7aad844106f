import Postgres

/// Names for the statements of projections on one connection, by their text, so that each is prepared once.
struct StatementCache {
  /// Statements that stay prepared. A server keeps a few tens of kB for each; projections have about twenty per build.
  static let limit = 512

  private var statements: [String: PostgresStatement] = [:]

  /// Nil when the cache is full: the text is then run unprepared, slower and without harm.
  mutating func statement(_ sql: String) -> PostgresStatement? {
    if let known = statements[sql] { return known }
    guard statements.count < Self.limit else { return nil }
    let statement = PostgresStatement("projection_\(statements.count)", sql)
    statements[sql] = statement
    return statement
  }
}
