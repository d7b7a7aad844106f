import Runtime

/// A line on standard error that shows how far long work is: drawn at most ten times a second, and only on a terminal.
struct ProgressLine {
  private let label: String
  private let total: Int
  private let unit: String
  private let visible = StandardError.isTerminal
  private let started = MonotonicClock.now
  private var drawnAt: UInt64 = 0

  init(_ label: String, total: Int, unit: String) {
    self.label = label
    self.total = total
    self.unit = unit
  }

  mutating func show(_ done: Int) {
    let now = MonotonicClock.now
    guard visible, now - drawnAt > 100_000_000 || done >= total else { return }
    drawnAt = now
    let part = total == 0 ? 1 : Double(done) / Double(total)
    let filled = Int(part * 30)
    let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 30 - filled)
    let seconds = Double(now - started) / 1e9
    let rate = ReadableNumber.text(Double(done) / max(seconds, 0.001))
    let left = part > 0 ? Int((seconds / part - seconds).rounded(.up)) : 0
    StandardError.write("\r\(label) \(bar) \(Int(part * 100)) %  \(rate) \(unit)/s  \(left) s left \u{1B}[K")
  }

  /// Clears the line.
  func end() {
    if visible { StandardError.write("\r\u{1B}[K") }
  }
}
