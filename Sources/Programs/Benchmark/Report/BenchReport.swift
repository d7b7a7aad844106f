import Runtime

/// The figures of one benchmark: a table for people, an object for machines.
package struct BenchReport {
  private enum Value {
    case number(Double, unit: String)
    case text(String)
  }

  package let title: String
  private var rows: [(key: String, label: String, value: Value)] = []

  package init(_ title: String) { self.title = title }

  /// `key` names the figure in JSON, `label` in the table.
  package mutating func add(_ key: String, _ label: String, _ value: Double, _ unit: String) {
    rows.append((key, label, .number(value, unit: unit)))
  }

  package mutating func add(_ key: String, _ label: String, _ text: String) { rows.append((key, label, .text(text))) }

  /// Median, 99th percentile and highest of latencies in microseconds, as milliseconds.
  package mutating func addLatencies(_ microseconds: [UInt32], key: String, label: String) {
    let sorted = microseconds.sorted()
    for (name, part) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
      guard let value = Percentile.of(sorted, part) else { return }
      add("\(key)_\(name)_ms", "\(label) \(name)", Double(value) / 1000, "ms")
    }
  }

  package var table: String {
    let width = rows.map { $0.label.count }.max() ?? 0
    var text = title + "\n"
    for row in rows {
      let value =
        switch row.value {
        case .number(let number, let unit): ReadableNumber.text(number) + (unit.isEmpty ? "" : " " + unit)
        case .text(let text): text
        }
      text += "  " + row.label + String(repeating: " ", count: width - row.label.count + 2) + value + "\n"
    }
    return text
  }

  package var json: String {
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
}
