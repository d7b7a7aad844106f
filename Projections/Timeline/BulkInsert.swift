import ProjectionKit

/// New rows by COPY, or by one INSERT while they are few: COPY takes two round trips more.
enum BulkInsert {
  private static let copyFrom = 64

  static func run(
    _ transaction: any ReadTransaction, table: String, statement: String, count: Int,
    _ columns: [(name: String, values: ReadColumn)]
  ) throws {
    guard count > 0 else { return }
    if count >= copyFrom {
      try transaction.copyIn(table, columns)
    } else {
      try transaction.execute(statement, columns.map { .array($0.values) })
    }
  }
}
