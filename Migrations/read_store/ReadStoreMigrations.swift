/// The numbered migrations of the read store, embedded in the binary.
package enum ReadStoreMigrations {
  package static var all: [(number: Int, name: String, sql: [UInt8])] {
    [
      (1, "roles", PackageResources._001_roles_sql),
      (2, "builds", PackageResources._002_builds_sql),
      (3, "grants", PackageResources._003_grants_sql),
      (4, "views", PackageResources._004_views_sql),
      (5, "kafka", PackageResources._005_kafka_sql),
      (6, "identity", PackageResources._006_identity_sql),
    ]
  }
}
