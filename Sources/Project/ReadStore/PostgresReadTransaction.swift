import Postgres
import ProjectionKit

/// An open transaction on the read store's connection, as projections see it.
final class PostgresReadTransaction: ReadTransaction {
  private let connection: PostgresConnection
  private var statements: StatementCache

  /// One per connection: it remembers what is prepared there.
  init(_ connection: PostgresConnection) {
    self.connection = connection
    statements = StatementCache()
  }

  func execute(_ sql: String, _ parameters: [ReadValue]) throws -> Int {
    try run(sql, parameters).affectedRows
  }

  func query(_ sql: String, _ parameters: [ReadValue]) throws -> any ReadRows {
    PostgresReadRows(try run(sql, parameters))
  }

  func copyIn(_ table: String, _ columns: [(name: String, values: ReadColumn)]) throws {
    let count = columns.first?.values.count ?? 0
    guard columns.allSatisfy({ $0.values.count == count }) else {
      preconditionFailure("BUG: columns of unequal length for \(table)")
    }
    if count == 0 { return }
    let names = columns.map(\.name).joined(separator: ", ")
    _ = try connection.copyIn("COPY \(table) (\(names)) FROM STDIN (FORMAT binary)") {
      (writer) throws(PostgresError) in
      for row in 0..<count {
        try writer.beginRow(fieldCount: columns.count)
        for column in columns { column.values.write(row, to: &writer) }
      }
    }
  }

  private func run(_ sql: String, _ parameters: [ReadValue]) throws(PostgresError) -> PostgresResult {
    var values = PostgresParameters()
    for parameter in parameters { parameter.add(to: &values) }
    if let statement = statements.statement(sql) { return try connection.query(statement, values) }
    return try connection.query(sql: sql, values)
  }
}
