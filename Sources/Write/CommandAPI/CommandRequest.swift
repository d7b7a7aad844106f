import Access
import Commands
import Events
import HTTPServer

/// What every request that is a command has beside its body.
struct CommandRequest {
  let metadata: EventMetadata
  let idempotency: IdempotencyRequest?

  /// `protocolName` goes into the events' metadata.
  init(_ exchange: HTTPExchange, protocol protocolName: String) throws(RequestFault) {
    let actor = RequestActor.name(of: exchange)
    metadata = EventMetadata(
      actor: actor, protocol: protocolName, bodyBytes: Int64(exchange.body.count),
      traceparent: TraceParent.valid(exchange.header("traceparent")))
    guard let header = exchange.header("Idempotency-Key") else {
      idempotency = nil
      return
    }
    idempotency = IdempotencyRequest(
      actor: actor, key: try IdempotencyKey.parse(header),
      fingerprint: IdempotencyRequest.fingerprint(
        method: exchange.method, path: exchange.path, query: AccessCredentials.removed(from: exchange.query),
        contentType: exchange.header("Content-Type") ?? "", body: exchange.body))
  }
}
