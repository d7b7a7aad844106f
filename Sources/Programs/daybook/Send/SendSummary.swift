import Runtime
import Sending

/// What became of it all, for people and for programs.
struct SendSummary {
  private let report: SendReport
  private let path: String

  init(_ report: SendReport, path: String) {
    self.report = report
    self.path = path
  }

  var table: String {
    let totals = report.totals
    var rows = [(report.isDryRun ? "would be sent" : "accepted", "\(number(totals.accepted)) samples")]
    if totals.records > 0 { rows.append(("records read", number(totals.records))) }
    if totals.emptyValues > 0 { rows.append(("cells without a value", number(totals.emptyValues))) }
    rows.append(("rejected", number(totals.rejected)))
    for (name, reason) in reasons {
      let shown = reason.lines.map(String.init).joined(separator: ", ")
      let lines = reason.lines.isEmpty ? "" : "line\(reason.count == 1 ? "" : "s") \(shown)"
      let more = reason.count > reason.lines.count && !reason.lines.isEmpty ? " and others" : ""
      rows.append(("  " + name, "\(number(reason.count))  \(lines)\(more): \(reason.detail)"))
    }
    if totals.ambiguousTimes > 0 {
      rows.append(("times shown twice", "\(number(totals.ambiguousTimes)), taken as the first"))
    }
    if totals.missingTimes > 0 {
      rows.append(("times never shown", "\(number(totals.missingTimes)), taken as before the clock was put forward"))
    }
    let rate = "\(ReadableNumber.text(report.rate)) samples/s"
    rows.append(("took", "\(DurationText.readable(.seconds(report.seconds))), \(rate)"))
    let width = rows.map { $0.0.count }.max() ?? 0
    return heading + "\n"
      + rows.map { "  " + $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }.joined(separator: "\n")
  }

  var json: String {
    let totals = report.totals
    let reasons = reasons.map { name, reason in
      "{\"reason\":\(JSONText.quoted(name)),\"count\":\(reason.count),\"lines\":\(reason.lines),"
        + "\"detail\":\(JSONText.quoted(reason.detail))}"
    }
    return "{\"input\":\(JSONText.quoted(path)),\"complete\":\(isComplete),\"dryRun\":\(report.isDryRun),"
      + "\"accepted\":\(totals.accepted),\"records\":\(totals.records),\"rejected\":\(totals.rejected),"
      + "\"reasons\":[\(reasons.joined(separator: ","))],\"emptyValues\":\(totals.emptyValues),"
      + "\"ambiguousTimes\":\(totals.ambiguousTimes),\"missingTimes\":\(totals.missingTimes),"
      + "\"acceptedInThisRun\":\(report.accepted),\"seconds\":\(report.seconds),\"samplesPerSecond\":\(report.rate)}"
  }

  /// For a run that did not end.
  func howToGoOn(_ stateFile: String?) -> String {
    guard !report.isDryRun else { return "Nothing was sent." }
    return stateFile == nil
      ? "How far it came was not kept: with standard input say --state FILE."
      : "Go on where it stopped: the same command with --resume."
  }

  private var isComplete: Bool {
    if case .complete = report.end { return true }
    return false
  }

  private var heading: String {
    switch report.end {
    case .complete: "\(path): \(report.isDryRun ? "checked, nothing was sent" : "sent")"
    case .interrupted: "\(path): stopped before the end"
    case .failed: "\(path): failed before the end"
    }
  }

  private var reasons: [(key: String, value: SendTotals.Reason)] {
    report.totals.reasons.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
  }

  private func number(_ value: Int) -> String { value < 1_000 ? "\(value)" : ReadableNumber.text(Double(value)) }
}
