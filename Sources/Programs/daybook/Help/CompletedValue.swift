import Runtime

/// What a shell offers where a value stands.
enum CompletedValue {
  case words([String])
  case files
  case folders
  /// Any text: nothing to offer.
  case text

  init(_ option: ProgramOption) {
    self.init(name: option.placeholder ?? "", choices: option.choices)
  }

  init(_ argument: ProgramArgument) {
    self.init(name: argument.name, choices: argument.choices)
  }

  private init(name: String, choices: [String]) {
    if !choices.isEmpty {
      self = .words(choices)
    } else if name.contains("FOLDER") || name.contains("DIR") {
      self = .folders
    } else if name.contains("FILE") {
      self = .files
    } else {
      self = .text
    }
  }
}
