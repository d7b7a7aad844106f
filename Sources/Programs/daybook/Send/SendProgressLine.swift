import Runtime
import Sending

/// How far `send` is, on standard error: a bar that is drawn over on a terminal, else a line every ten seconds and
/// whenever the service goes away or comes back.
struct SendProgressLine {
  private static let width = 24
  private static let plainInterval: UInt64 = 10_000_000_000

  private let path: String
  private let isTerminal = StandardError.isTerminal
  private let unit: String
  private var shownAt = MonotonicClock.now
  private var isAway = false

  init(_ path: String, isChecking: Bool) {
    self.path = path
    unit = isChecking ? "samples/s checked" : "samples/s"
  }

  mutating func show(_ progress: SendProgress) {
    if isTerminal {
      StandardError.write("\r\(bar(progress))\(progress.problem.map { "  waiting: \($0.prefix(100))" } ?? "")\u{1B}[K")
      return
    }
    let now = MonotonicClock.now
    if let problem = progress.problem, !isAway {
      isAway = true
      StandardError.write("daybook send: waiting, and trying again: \(problem)\n")
    } else if progress.problem == nil, isAway {
      isAway = false
      StandardError.write("daybook send: goes on\n")
    }
    guard now - shownAt >= Self.plainInterval else { return }
    shownAt = now
    StandardError.write("daybook send: \(figures(progress))\n")
  }

  /// Clears the line.
  func end() {
    if isTerminal { StandardError.write("\r\u{1B}[K") }
  }

  private func bar(_ progress: SendProgress) -> String {
    guard let part = Self.part(progress) else { return "\(path)  \(figures(progress))" }
    let filled = Int(part * Double(Self.width))
    return path + " " + String(repeating: "█", count: filled) + String(repeating: "·", count: Self.width - filled) + " "
      + figures(progress)
  }

  private func figures(_ progress: SendProgress) -> String {
    let rate = ReadableNumber.text(Double(progress.accepted) / max(progress.seconds, 0.001)) + " " + unit
    let rejected = progress.rejected == 0 ? "" : "  \(ReadableNumber.text(Double(progress.rejected))) rejected"
    guard let part = Self.part(progress), let total = progress.bytesTotal else {
      return "\(ReadableNumber.text(Double(progress.bytesDone) / 1e6)) MB  \(rate)\(rejected)"
    }
    let done = progress.bytesDone - progress.bytesBefore
    let left = done == 0 ? nil : progress.seconds * Double(total - progress.bytesDone) / Double(done)
    return "\(Int(part * 100)) %  \(rate)\(rejected)"
      + (left.map { "  \(DurationText.readable(.seconds(max(0, $0)))) left" } ?? "")
  }

  private static func part(_ progress: SendProgress) -> Double? {
    guard let total = progress.bytesTotal, total > 0 else { return nil }
    return min(1, Double(progress.bytesDone) / Double(total))
  }
}
