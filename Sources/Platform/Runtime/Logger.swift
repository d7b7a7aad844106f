import Glibc

/// How much a log line matters.
package enum LogLevel: Int, Comparable, Sendable, CaseIterable {
  case trace, debug, info, warning, error

  package static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }

  package var name: String {
    switch self {
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    }
  }

  package init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }
}

/// Writes one line per entry to a file descriptor: `time=… level=… program=… message="…" key=value …` (logfmt) or JSON.
///
/// A line goes out in a single write(2), so lines of several processes on one descriptor do not mix (up to the size of
/// a pipe's atomic write, 4 KiB). May be called from any thread.
package struct Logger: Sendable {
  package enum Format: String, Sendable { case logfmt, json }

  package let program: String
  package let level: LogLevel
  package let format: Format
  package let descriptor: Int32

  package init(program: String, level: LogLevel = .info, format: Format = .logfmt, descriptor: Int32 = 2) {
    self.program = program
    self.level = level
    self.format = format
    self.descriptor = descriptor
  }

  package func trace(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
    log(.trace, message, fields)
  }
  package func debug(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
    log(.debug, message, fields)
  }
  package func info(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
    log(.info, message, fields)
  }
  package func warning(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
    log(.warning, message, fields)
  }
  package func error(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
    log(.error, message, fields)
  }

  private func log(_ level: LogLevel, _ message: () -> String, _ fields: KeyValuePairs<String, String>) {
    guard level >= self.level else { return }
    LogTally.count(level)
    var line = ""
    let time = RFC3339.text(nanoseconds: WallClock.now, fractionDigits: 3)
    switch format {
    case .logfmt:
      line += "time=\(time) level=\(level.name) program=\(program) message=\(Self.logfmt(message()))"
      for (key, value) in fields { line += " \(key)=\(Self.logfmt(value))" }
    case .json:
      line += "{\"time\":\"\(time)\",\"level\":\"\(level.name)\",\"program\":"
      line += JSONText.quoted(program) + ",\"message\":" + JSONText.quoted(message())
      for (key, value) in fields { line += "," + JSONText.quoted(key) + ":" + JSONText.quoted(value) }
      line += "}"
    }
    line += "\n"
    line.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let written = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if written < 0 {
          if errno == EINTR { continue }
          return  // Nobody is left to tell.
        }
        done += written
      }
    }
  }

  /// The value as it is, or quoted when it holds anything that would end it.
  static func logfmt(_ value: String) -> String {
    let plain =
      !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x5C && $0 != 0x7F }
    return plain ? value : JSONText.quoted(value)
  }
}
