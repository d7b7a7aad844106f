/// What `daybook` tells its caller. Documented in `daybook --help`.
enum ExitCode {
  static let success: Int32 = 0
  /// It was tried and failed; standard error says why.
  static let failure: Int32 = 1
  /// The command line or a setting is wrong; nothing was tried.
  static let usage: Int32 = 2
}
