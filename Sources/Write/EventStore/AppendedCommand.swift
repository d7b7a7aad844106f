import Commands

/// The receipt of a command, with the answer that was stored beside its key if it had one.
struct AppendedCommand: Sendable {
  let receipt: AppendReceipt
  let answer: StoredAnswer?
}
