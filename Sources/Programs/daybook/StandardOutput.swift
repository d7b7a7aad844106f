import Glibc

/// Standard output, unbuffered: what is written is there, whoever reads it and however the process ends.
enum StandardOutput {
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let written = Glibc.write(1, bytes.baseAddress! + done, bytes.count - done)
        if written < 0 && errno != EINTR { return }
        done += max(0, written)
      }
    }
  }
}
