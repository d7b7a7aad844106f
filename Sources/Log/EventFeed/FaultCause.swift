package import Events

/// What is wrong where a shard cannot be read on, and what helps.
package enum FaultCause: Error, Hashable, Sendable {
  /// The event's bytes cannot be read, or a newer Daybook wrote them.
  case unreadable(EventError)
  /// The log is not the one that the reader has read so far: it was restored from a backup or changed by hand. Going on
  /// would mix two histories.
  case storeChanged(String)

  package var reason: String {
    switch self {
    case .unreadable(let error): error.reason
    case .storeChanged(let what): "the event store was restored or changed: \(what)"
    }
  }

  package var remedy: String {
    switch self {
    case .unreadable(let error) where error.isOfNewerDaybook: "update this program: a newer Daybook wrote the event"
    case .unreadable:
      "put this row of daybook_events.events back from a backup: the right one has the same hash, or, where events share "
        + "a row, one that follows from the event before"
    case .storeChanged:
      "if the event store was restored from a backup, run daybook migrate --restored; if not, put the missing or changed "
        + "rows of daybook_events.events back from a backup"
    }
  }
}
