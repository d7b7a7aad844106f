import HTTPClient

extension SendError {
  /// An answer after which it makes no sense to go on.
  static func refused(_ answer: HTTPClientResponse) -> SendError {
    let text = ServiceAnswer.detail(answer)
    let advice: String
    switch answer.status {
    case 401: advice = " (give a token by DAYBOOK_TOKEN or --token-file FILE)"
    case 403: advice = " (is it a token with --write?)"
    case 422 where ServiceAnswer.code(answer) == "idempotency-key-reused" || text.contains("Idempotency-Key"):
      advice = " (another version of daybook began this run: begin anew with --restart)"
    default: advice = ""
    }
    return SendError("the service answered \(answer.status): \(text)\(advice)")
  }
}
