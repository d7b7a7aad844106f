/// How an answer is to be written.
struct AnswerStyle: Sendable {
  let format: AnswerFormat
  let precision: TimePrecision
  /// Bytes.
  let limit: Int
}
