package import Events
package import Runtime

/// What a client asks for: parsed and checked, so that nothing in it can fail but the store.
package enum Command: Sendable {
  case record(RecordCommand)
  case describe(DescribeCommand)

  package var id: UUIDv7 {
    switch self {
    case .record(let command): command.id
    case .describe(let command): command.id
    }
  }

  package var metadata: EventMetadata {
    switch self {
    case .record(let command): command.metadata
    case .describe(let command): command.metadata
    }
  }

  package var idempotency: IdempotencyRequest? {
    switch self {
    case .record(let command): command.idempotency
    case .describe(let command): command.idempotency
    }
  }

  /// Makes the whole HTTP answer of success. Called once, on the appender's thread before the commit when there is an
  /// idempotency key, else on the answering thread after it: it must not block.
  package var answer: @Sendable (AppendReceipt) -> StoredAnswer {
    switch self {
    case .record(let command): command.answer
    case .describe(let command): command.answer
    }
  }
}
