/// Whether an example is true.
extension MarkdownExample {
  /// How what its command did differs from what is written; empty when it does not.
  func differences(
    _ result: (status: Int32, output: String, error: String), _ sandbox: DocumentSandbox
  ) -> [String] {
    guard result.status == 0 else { return ["ended with \(result.status):\n\(result.output)\(result.error)"] }
    guard let answer else { return [] }
    let text = sandbox.replacingPorts(answer.text)
    switch answer.form {
    case .response: return ResponseText(text).differences(from: ResponseText(result.output))
    case .output:
      let isJSON = text.hasPrefix("{") || text.hasPrefix("[")
      return AnswerPattern(text, isJSON: isJSON).difference(from: result.output).map { [$0] } ?? []
    }
  }
}
