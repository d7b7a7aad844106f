import Queries

extension QueryError {
  /// - Parameter limit: bytes.
  static func answerTooLarge(_ limit: Int) -> QueryError {
    .limit(
      .answerTooLarge,
      "the answer is larger than the limit of \(limit >> 20) MiB: ask for fewer series, a shorter range, a longer step, "
        + "fewer aggregates or, where there are pages, a smaller limit=")
  }
}
