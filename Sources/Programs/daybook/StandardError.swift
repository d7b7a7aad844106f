import Glibc

/// Standard error, for what people read beside the logs.
enum StandardError {
  static let isTerminal = isatty(2) == 1

  static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let written = Glibc.write(2, bytes.baseAddress! + done, bytes.count - done)
        if written < 0 && errno != EINTR { return }
        done += max(0, written)
      }
    }
  }
}
