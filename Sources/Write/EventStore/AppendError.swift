import Runtime

/// Why a command was not appended. `description` is safe to show to a client and says what to do.
package enum AppendError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What whoever sent the command does about it.
  package enum Disposition: Sendable { case retry, reject }

  /// Too much is waiting for its commit. Nothing of the command was stored.
  case overloaded(retryAfter: Duration)
  /// The event store cannot be written at the moment. The command may have been stored when the answer to its commit was
  /// lost: an idempotency key makes sending it again safe in any case.
  case unavailable(reason: String, retryAfter: Duration)
  /// Another request has used this idempotency key.
  case keyReused
  /// The database refuses the command's data; it would do so again.
  case rejected(reason: String)

  package var disposition: Disposition {
    switch self {
    case .overloaded, .unavailable: .retry
    case .keyReused, .rejected: .reject
    }
  }

  package var description: String {
    switch self {
    case .overloaded(let retryAfter):
      "cannot store the command: too many commands are waiting for the disk; send it again after \(Self.seconds(retryAfter))"
    case .unavailable(let reason, let retryAfter):
      "cannot store the command: \(reason); send it again after \(Self.seconds(retryAfter))"
    case .keyReused:
      "cannot store the command: this Idempotency-Key belongs to another request; use a new key for a new request"
    case .rejected(let reason): "cannot store the command: \(reason)"
    }
  }

  private static func seconds(_ duration: Duration) -> String { "\(max(1, Int(duration.seconds.rounded(.up)))) s" }
}
