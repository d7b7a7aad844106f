import Runtime

/// A look on one line, as logfmt: for files and pipes.
enum StatusLine {
  static func text(_ look: StatusLook, rates: StatusRates?) -> String {
    var words = ["time=\(RFC3339.text(nanoseconds: look.time, fractionDigits: 3))"]
    words += look.services.map { "\($0.name)=\($0.state.rawValue)" }
    if let store = look.store.flatMap({ try? StoreStatus($0) }) {
      let active = store.builds.filter(\.isActive)
      if let events = active.compactMap(\.lagEvents).max() { words.append("lag_events=\(events)") }
      if let seconds = active.compactMap(\.lagSeconds).max() { words.append("lag_seconds=\(rounded(seconds))") }
      if let events = store.relay.compactMap(\.lagEvents).max() { words.append("relay_lag_events=\(events)") }
      if let seconds = store.relay.compactMap(\.lagSeconds).max() {
        words.append("relay_lag_seconds=\(rounded(seconds))")
      }
      if let bytes = store.eventBytes { words.append("event_bytes=\(bytes)") }
      if let bytes = store.readBytes { words.append("read_bytes=\(bytes)") }
    }
    for (name, rate) in [
      ("samples", rates?.samples), ("requests", rates?.requests), ("relayed", rates?.relayed),
      ("projected", rates?.projected), ("queries", rates?.queries),
    ] {
      if let rate { words.append("\(name)_per_second=\(rounded(rate))") }
    }
    return words.joined(separator: " ") + "\n"
  }

  private static func rounded(_ value: Double) -> String {
    let value = (value * 1_000).rounded() / 1_000
    return value == value.rounded() && value < 1e15 ? String(Int64(value)) : String(value)
  }
}
