/// What a projection may do to its tables inside one transaction: Postgres behind plain columns.
///
/// Bulk is the normal case: a call costs a round trip (about 0.1 ms), a row in it well under a microsecond. Texts are
/// prepared at their first use on a connection and recognised by their text, so they must come from a bounded set: never
/// put a value into them. Confined to the engine's thread, valid only inside the call that it was passed to.
package protocol ReadTransaction: AnyObject {
  /// Runs one statement with `$1`, `$2` … and returns how many rows it inserted, updated, deleted or selected.
  @discardableResult
  func execute(_ sql: String, _ parameters: [ReadValue]) throws -> Int

  /// Runs one statement and returns its rows, all of them in memory: the caller bounds them.
  func query(_ sql: String, _ parameters: [ReadValue]) throws -> any ReadRows

  /// `COPY table (names) FROM STDIN (FORMAT binary)`. All columns have the same number of rows; none is no call at all.
  /// The fastest way for rows known to be new, from about ten rows on; `table` is written with its schema.
  func copyIn(_ table: String, _ columns: [(name: String, values: ReadColumn)]) throws
}

extension ReadTransaction {
  @discardableResult
  package func execute(_ sql: String) throws -> Int { try execute(sql, []) }
  package func query(_ sql: String) throws -> any ReadRows { try query(sql, []) }
}
