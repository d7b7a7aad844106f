import Events
import EventStore
import Postgres
import Runtime

/// Waiting for the event store at the start of a program.
enum StoreStart {
  private static let interval = Duration.milliseconds(250)

  /// Who the store is, as soon as it can be asked. Nil when a signal ended the wait. A store that is there and is wrong
  /// (no tables, no rights) is an error at once.
  static func identity(
    _ address: PostgresAddress, termination: TerminationSignal, logger: Logger
  ) throws -> StoreIdentity? {
    var complained = false
    while true {
      do {
        return try StoreIdentity.read(at: address)
      } catch {
        guard error.isUnavailable else { throw error }
        if !complained {
          logger.warning("waiting for the event store", ["reason": error.safeDescription])
          complained = true
        }
      }
      if termination.wait(timeout: interval) != nil { return nil }
    }
  }
}
