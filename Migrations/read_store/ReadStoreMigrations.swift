/// The numbered migrations, embedded in the binary.
package enum ReadStoreMigrations {
  package static var all: [(number: Int, name: String, sql: [UInt8])] {
    [(1, "roles", PackageResources._001_roles_sql)]
  }
}
