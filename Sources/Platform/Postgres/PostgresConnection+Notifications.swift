import CPostgres
import Glibc
package import Runtime

extension PostgresConnection {
  /// Subscribes this session to a channel. Lasts as long as the session.
  package func listen(_ channel: String) throws(PostgresError) {
    try execute("LISTEN \(Self.quoted(identifier: channel))")
  }

  /// Waits until notifications are there, `timeout` has passed or `wake` was rung (which takes the ring). Returns the
  /// channels of all that have come, one entry each; payloads are dropped.
  /// - Throws: when the session ended meanwhile.
  package func waitForNotification(
    timeout: Duration, wake: WakeDescriptor? = nil
  ) throws(PostgresError) -> [String] {
    let what: PostgresAction = "wait for a notification"
    try begin(what)
    let deadline = MonotonicClock.deadline(after: timeout)
    while true {
      let channels = takeNotifications()
      if !channels.isEmpty { return channels }
      var entries = [
        pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      let ready = Glibc.poll(&entries, 2, Self.pollMilliseconds(until: deadline))
      if ready > 0, entries[0].revents != 0, PQconsumeInput(handle) == 0 { throw lost(what) }
      if ready > 0, entries[1].revents != 0 {
        wake?.clear()
        return takeNotifications()
      }
      if ready <= 0, MonotonicClock.now >= deadline { return [] }
    }
  }

  /// An identifier in double quotes, for SQL that cannot take it as a parameter.
  package static func quoted(identifier: String) -> String {
    "\"\(identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }

  private func takeNotifications() -> [String] {
    var channels: [String] = []
    while let notification = PQnotifies(handle) {
      channels.append(String(cString: notification.pointee.relname))
      PQfreemem(notification)
    }
    return channels
  }
}
