/// How one command of a group ended.
struct GroupAnswer: Sendable {
  let command: PendingCommand
  let ending: Ending

  enum Ending: Sendable {
    /// `answer` is nil where nobody needed it before the commit: it is made when it is given.
    case recorded(AppendedCommand)
    case replayed(AppendOutcome)
    case failed(AppendError)
  }

  /// Calls the command's completion, if it was not answered before.
  func give() {
    switch ending {
    case .recorded(let appended):
      let answer = appended.answer ?? command.prepared.answer(appended.receipt)
      command.answer(.success(.recorded(appended.receipt, answer)))
    case .replayed(let outcome): command.answer(.success(outcome))
    case .failed(let error): command.answer(.failure(error))
    }
  }
}
