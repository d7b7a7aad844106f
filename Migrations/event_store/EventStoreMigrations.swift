/// The event store's numbered migrations, embedded in the binary. Forward only: a file that has been released is never
/// changed again. `{{shards}}` stands for the number of shards of a new store.
package enum EventStoreMigrations {
  package static var all: [(number: Int, name: String, sql: [UInt8])] {
    [
      (1, "roles", PackageResources._001_roles_sql),
      (2, "event_log", PackageResources._002_event_log_sql),
      (3, "append", PackageResources._003_append_sql),
      (4, "grants", PackageResources._004_grants_sql),
      (5, "generation", PackageResources._005_generation_sql),
      (6, "storage", PackageResources._006_storage_sql),
      (7, "relay", PackageResources._007_relay_sql),
    ]
  }
}
