/// A fold from events to a read model: its name, its definition's version, its tables and its code.
///
/// A projection is a stateless value; what is held in memory between flushes lives in the `ProjectionFold` that it makes.
package protocol Projection: Sendable {
  /// Lower-case ASCII letters; the schemas of its builds are called `<name>_b<build>`.
  var name: String { get }
  /// The version of its definition. A change after which the same events give other bytes must raise it.
  var version: Int { get }
  /// The SQL that makes a build's tables, run once per build by the role `daybook_projector` in one transaction.
  /// `{{schema}}` stands for the build's schema, which exists already. Rights for readers are granted by the engine.
  var schema: [UInt8] { get }
  /// A fold without memory that writes to the tables of `schema`. `shards` is the store's number of shards.
  func makeFold(schema: String, shards: Int) -> any ProjectionFold
}
