import Glibc

/// A terminal on which a text stands that is drawn again and again, without flicker (ECMA-48).
struct StatusScreen {
  let isTerminal = isatty(1) == 1

  /// Draws from the upper left corner, over what was there.
  func show(_ text: String) {
    // Home; each line clears what is right of it, and the end what is below.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { "\($0)\u{1B}[K" }
    StandardOutput.write("\u{1B}[H" + lines.joined(separator: "\n") + "\u{1B}[J")
  }
}
