/// A statement that is prepared once per connection, at its first use there. `name` must be unique among the statements
/// used on one connection: two texts under one name would be one statement.
package struct PostgresStatement: Sendable, Hashable {
  package let name: String
  package let sql: String

  package init(_ name: String, _ sql: String) {
    self.name = name
    self.sql = sql
  }
}
