import Commands
import Events

/// What the answer of every command that is on disk carries, whatever its protocol.
enum ReceiptHeaders {
  /// `Daybook-Position`: for the query API's `after`. `Daybook-Accepted`: how many samples were stored, so that a client
  /// of a protocol without a body in its answer knows too.
  static func make(_ receipt: AppendReceipt) -> [(String, String)] {
    [("Daybook-Position", receipt.token.description), ("Daybook-Accepted", String(receipt.accepted))]
  }
}
