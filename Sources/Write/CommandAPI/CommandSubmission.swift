import Commands
import EventStore
import Events
import HTTPServer
import Runtime

/// Hands a command to the event store and answers the request when it is on disk, or refused.
struct CommandSubmission: Sendable {
  let appender: any CommandAppending
  let metrics: CommandMetrics
  let logger: Logger

  /// Returns at once; `answer` is given on the thread that serves the connection, or one of the appender.
  func submit(_ command: Command, answer: RequestAnswer) {
    let protocolName = command.metadata.protocol
    let (metrics, logger) = (metrics, logger)
    appender.submit(command, queue: answer.queue) { result in
      switch result {
      case .success(.recorded(let receipt, let stored)):
        if receipt.accepted > 0 { metrics.accepted(receipt.accepted, protocol: protocolName) }
        answer.send(HTTPResponse(status: stored.status, headers: stored.headers, body: stored.body))
      case .success(.replayed(let stored)):
        answer.send(
          HTTPResponse(
            status: stored.status, headers: stored.headers + [("Idempotent-Replayed", "true")], body: stored.body))
      case .failure(let error):
        logger.debug("command was not stored", ["reason": error.description])
        answer.send(Self.fault(error))
      }
    }
  }

  static func fault(_ error: AppendError) -> RequestFault {
    switch error {
    case .overloaded(let retryAfter): retry("overloaded", error, retryAfter)
    case .unavailable(_, let retryAfter): retry("unavailable", error, retryAfter)
    case .keyReused: RequestFault(422, "idempotency-key-reused", error.description)
    case .rejected: RequestFault(422, "rejected", error.description)
    }
  }

  private static func retry(_ code: String, _ error: AppendError, _ after: Duration) -> RequestFault {
    var fault = RequestFault(503, code, error.description)
    fault.retryAfterSeconds = max(1, Int(after.seconds.rounded(.up)))
    return fault
  }
}
