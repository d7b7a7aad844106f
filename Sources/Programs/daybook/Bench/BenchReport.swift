import Runtime

/// The figures of one benchmark: a table for people, an object for machines.
struct BenchReport {
  enum Value {
    case number(Double, unit: String)
    case text(String)
  }

  let title: String
  private var rows: [(key: String, label: String, value: Value)] = []

  init(_ title: String) { self.title = title }

  /// `key` names the figure in JSON, `label` in the table.
  mutating func add(_ key: String, _ label: String, _ value: Double, _ unit: String) {
    rows.append((key, label, .number(value, unit: unit)))
  }

  mutating func add(_ key: String, _ label: String, _ text: String) { rows.append((key, label, .text(text))) }

  /// Median, 99th percentile and highest of latencies in microseconds, as milliseconds.
  mutating func addLatencies(_ microseconds: [UInt32], key: String, label: String) {
    let sorted = microseconds.sorted()
    guard !sorted.isEmpty else { return }
    for (name, part) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
      // Nearest rank: the smallest value that this part of all does not exceed.
      let index = max(0, Int((Double(sorted.count) * part).rounded(.up)) - 1)
      add("\(key)_\(name)_ms", "\(label) \(name)", Double(sorted[index]) / 1000, "ms")
    }
  }

  mutating func addMemory(_ memory: (peakBytes: Int, byName: [String: Int])) {
    add("peak_pss_mb", "peak memory of all processes (PSS)", Double(memory.peakBytes) / 1e6, "MB")
    for (name, bytes) in memory.byName.sorted(by: { $0.value > $1.value }) {
      add("peak_pss_mb_" + name.replacing(" ", with: "_"), "  \(name)", Double(bytes) / 1e6, "MB")
    }
  }

  var table: String {
    let width = rows.map { $0.label.count }.max() ?? 0
    var text = title + "\n"
    for row in rows {
      let value =
        switch row.value {
        case .number(let number, let unit): Self.readable(number) + (unit.isEmpty ? "" : " " + unit)
        case .text(let text): text
        }
      text += "  " + row.label + String(repeating: " ", count: width - row.label.count + 2) + value + "\n"
    }
    return text
  }

  var json: String {
    var parts = ["\"benchmark\":" + JSONText.quoted(title)]
    for row in rows {
      let value =
        switch row.value {
        case .number(let number, _): number.isFinite ? "\(number)" : "null"
        case .text(let text): JSONText.quoted(text)
        }
      parts.append(JSONText.quoted(row.key) + ":" + value)
    }
    return "{" + parts.joined(separator: ",") + "}"
  }

  /// Three digits that matter, thousands apart.
  static func readable(_ number: Double) -> String {
    if abs(number) >= 100 {
      let digits = Array(String(Int64(number.rounded())))
      var text = ""
      for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0, digits[index - 1] != "-" { text += "," }
        text.append(digit)
      }
      return text
    }
    let scale = abs(number) >= 10 ? 10.0 : abs(number) >= 1 ? 100 : 1000
    return String((number * scale).rounded() / scale)
  }
}
