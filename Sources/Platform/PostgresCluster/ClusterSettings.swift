/// The configuration files that we write into the data folder at every start, so that they fit this program's version.
/// What a person wants otherwise goes to `local.conf` beside them, which is read last.
enum ClusterSettings {
  static let owner = "daybook_owner"

  /// For a laptop: small when idle, no surprise when busy, and never at the cost of durability.
  static func configuration(socketFolder: String, version: String?, overrides: [String: String]) -> String {
    var settings: [(name: String, value: String, reason: String)] = [
      ("listen_addresses", "''", "A Unix socket only: nothing of this is to be seen on the network."),
      ("port", "5432", "Part of the socket's name; PGPORT must not change it."),
      ("unix_socket_directories", "'\(socketFolder)'", "Short and private."),
      ("unix_socket_permissions", "0777", "Its folder says who may come near."),
      ("max_connections", "60", "Four processes with small pools, and people."),
      ("shared_buffers", "64MB", "The kernel's cache holds the rest; idle memory stays small."),
      ("huge_pages", "off", "Same memory everywhere."),
      ("work_mem", "8MB", "Sorts of a query's rows without a file."),
      ("maintenance_work_mem", "64MB", "Index builds and vacuum, one or two at a time."),
      ("effective_cache_size", "1GB", "What the kernel's cache may hold of it."),
      ("random_page_cost", "1.1", "SSDs."),
      ("jit", "off", "Compiling costs more than our short queries take."),
      ("max_parallel_workers_per_gather", "0", "Reads are short; the cores are the projector's."),
      ("max_worker_processes", "4", "Idle workers cost memory."),
      ("wal_level", "replica", "pg_basebackup and archiving work."),
      ("max_wal_senders", "6", "Two for a backup; those of an interrupted one end a little later."),
      ("wal_buffers", "4MB", "A group of appends fits."),
      ("min_wal_size", "256MB", "Recycled files save making new ones."),
      ("max_wal_size", "2GB", "A checkpoint comes by time, not by every burst."),
      ("checkpoint_timeout", "15min", "Fewer full pages in the WAL; recovery stays under a minute."),
      ("wal_compression", (version.flatMap { Int($0) } ?? 0) >= 15 ? "lz4" : "on", "Full pages shrink to a third."),
      ("fsync", "on", "An acknowledgement means disk."),
      ("synchronous_commit", "on", "An acknowledgement means disk; who may lose a commit says so itself."),
      ("full_page_writes", "on", "A torn page is repaired."),
      ("autovacuum", "on", "Rewritten rows are cleaned up."),
      ("autovacuum_max_workers", "2", "Two cores are enough for it."),
      ("autovacuum_naptime", "30s", "The tail is small and rewritten often."),
      ("log_destination", "'stderr'", "To the home's postgres.log, which `up` keeps small."),
      ("logging_collector", "off", "The supervisor holds the file."),
      ("log_line_prefix", "'%m [%p] %u@%d '", "Time, process, role, database."),
      ("log_parameter_max_length", "0", "Samples and labels do not belong in a log."),
      ("log_parameter_max_length_on_error", "0", "Neither here."),
      ("log_autovacuum_min_duration", "-1", "Routine."),
      ("timezone", "'UTC'", "Times are UTC everywhere."),
      ("log_timezone", "'UTC'", "Times are UTC everywhere."),
    ]
    for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
      settings.removeAll { $0.name == name }
      settings.append((name, quoted(value), "Asked for by the program."))
    }
    var text = "# Written by daybook at every start. Your own settings go to local.conf.\n"
    for setting in settings { text += "\n# \(setting.reason)\n\(setting.name) = \(setting.value)\n" }
    return text
  }

  /// What initdb's own file gets at its end, once.
  static let include = "\ninclude 'daybook.conf'\ninclude_if_exists 'local.conf'\n"

  static let hostBasedAuthentication = """
    # Written by daybook at every start. Who you are to the operating system decides which roles are yours: pg_ident.conf.
    local all all peer map=daybook
    local replication all peer map=daybook

    """

  /// One line for each pair: before version 16 a map's role cannot be a pattern.
  static func identities(users: Set<String>, roles: [String]) -> String {
    var text = "# Written by daybook at every start.\n"
    for user in users.sorted() {
      for role in roles { text += "daybook \"\(user)\" \"\(role)\"\n" }
    }
    return text
  }

  private static func quoted(_ value: String) -> String {
    "'\(value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
  }
}
