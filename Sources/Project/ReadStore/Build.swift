package import Events

/// One set of tables that a version of a projection fills.
package struct Build: Sendable, Hashable {
  package let id: Int32
  package let projection: String
  package let version: Int
  /// Where its tables are.
  package let schema: String
  /// The one of its projection that queries read.
  package let isActive: Bool
  /// The store whose events are in it.
  package let store: StoreIdentity

  package init(id: Int32, projection: String, version: Int, schema: String, isActive: Bool, store: StoreIdentity) {
    self.id = id
    self.projection = projection
    self.version = version
    self.schema = schema
    self.isActive = isActive
    self.store = store
  }
}
