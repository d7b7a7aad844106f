import Postgres
import Runtime
import Synchronization

/// The names of the time zones that Postgres knows. Asking it takes 70 ms, for it reads the files of all zones, so they are
/// kept, and asked for again when a name is not among them, now and then, since a system gets new ones. From any thread.
final class KnownZones: Sendable {
  private struct State {
    var names: Set<String> = []
    /// On the monotonic clock.
    var readAt: UInt64?
  }

  /// Names that are kept; Debian's tzdata has about 600 without its copies.
  private static let limit = 4_096
  private static let rereadInterval: UInt64 = 60_000_000_000

  private let state = Mutex(State())

  /// - Throws: `unknown-time-zone` when Postgres has no zone of that name.
  func check(_ zone: ZoneName, _ snapshot: ReadSnapshot) throws(ReadFailure) {
    if zone.text == ZoneName.utc { return }
    let (isKnown, isFresh) = state.withLock { state in
      (state.names.contains(zone.text), state.readAt.map { MonotonicClock.now - $0 < Self.rereadInterval } ?? false)
    }
    if isKnown { return }
    if !isFresh, try read(snapshot).contains(zone.text) { return }
    throw .query(unknown(zone))
  }

  private func read(_ snapshot: ReadSnapshot) throws(ReadFailure) -> Set<String> {
    let rows = try snapshot.query(
      PostgresStatement(
        "zones", "SELECT name FROM pg_timezone_names WHERE name LIKE '%/%' AND name !~ '^posix' LIMIT \(Self.limit)"))
    let names = try ReadFailure.ofStore { () throws(PostgresError) in
      var names: Set<String> = []
      for row in 0..<rows.rowCount { names.insert(try rows.text(row, 0)) }
      return names
    }
    state.withLock { $0 = State(names: names, readAt: MonotonicClock.now) }
    return names
  }

  private func unknown(_ zone: ZoneName) -> QueryError {
    let wanted = zone.text.lowercased()
    let near = state.withLock { $0.names.first { $0.lowercased() == wanted } }
    let advice = near.map { "did you mean \($0)?" } ?? "give a name of the IANA database, such as Europe/Berlin"
    return .invalid(.unknownZone, "there is no time zone \"\(zone.text)\": \(advice)")
  }
}
