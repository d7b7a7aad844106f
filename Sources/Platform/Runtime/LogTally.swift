/// How many lines this process has logged, by level, whichever logger wrote them. Lines below a logger's level are not
/// counted.
package enum LogTally {
  private static let counters = LogLevel.allCases.map { _ in Counter() }

  package static func lines(_ level: LogLevel) -> UInt64 { counters[level.rawValue].value }

  static func count(_ level: LogLevel) { counters[level.rawValue].add() }
}
