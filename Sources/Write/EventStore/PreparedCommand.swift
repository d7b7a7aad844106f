import Commands
import Events
import Runtime

/// A command as far as it can be worked out without the heads of its shards. Made by the thread that submits it, so that
/// packing runs on as many cores as there are submitters and the appender's thread has little left to do. An object, so that
/// the appender passes a pointer around and not a dozen of them.
final class PreparedCommand: Sendable {
  let id: UUIDv7
  let metadata: [UInt8]
  let actor: String
  let `protocol`: String
  let content: PreparedContent
  let idempotency: IdempotencyRequest?
  let answer: @Sendable (AppendReceipt) -> StoredAnswer
  /// What it counts against the limits.
  let bytes: Int

  init(_ command: Command, cache: SeriesCache) {
    let metadata = command.metadata
    id = command.id
    self.metadata = metadata.encoded()
    actor = metadata.actor
    `protocol` = metadata.protocol
    content = PreparedContent(command, cache: cache)
    idempotency = command.idempotency
    answer = command.answer
    bytes = 512 + self.metadata.count + content.bytes
  }

  var shards: [PreparedShard] { content.shards }
  var accepted: Int { content.accepted }
  var newSeries: [NewSeries] { content.newSeries }
  var rejected: [RejectedSample] { content.rejected }
}
