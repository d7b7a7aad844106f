import Runtime

enum CompletionProgram: Subcommand {
  static let name = "completion"
  static let summary = "Print a script that completes daybook's command lines in a shell."
  static let discussion = """
      Completes subcommands, flags, and the values of flags where they are files, folders or a few words.
    """
  static let arguments = [ProgramArgument("SHELL", choices: ["bash", "zsh", "fish"], "Whose completion.")]
  static let examples = [
    ("eval \"$(daybook completion bash)\"", "In ~/.bashrc: for every new bash."),
    ("daybook completion zsh > ~/.zfunc/_daybook", "For zsh, with ~/.zfunc in $fpath before compinit."),
    ("daybook completion fish > ~/.config/fish/completions/daybook.fish", "For fish."),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    switch options.positional[0] {
    case "bash": print(BashCompletion.script)
    case "zsh": print(ZshCompletion.script)
    default: print(FishCompletion.script)
    }
    return ExitCode.success
  }
}
