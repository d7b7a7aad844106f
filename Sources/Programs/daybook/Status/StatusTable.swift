import Runtime

/// A look as a table for people.
enum StatusTable {
  /// - Parameter allShards: false: those that are behind or stand still.
  static func text(_ look: StatusLook, rates: StatusRates?, allShards: Bool) -> String {
    var parts = [services(look)]
    if let rates { parts.append(line(rates, hasRelay: look.hasRelay)) }
    guard let json = look.store, let store = try? StoreStatus(json) else {
      let problem = look.storeProblem ?? "/v1/status is not understood: is it of another version?"
      return (parts + ["The projections are not known: \(problem)\n"]).joined(separator: "\n")
    }
    parts.append(Self.store(store))
    if !store.relay.isEmpty { parts.append(relay(store)) }
    parts.append(builds(store))
    if let shards = ShardTable.text(store, all: allShards) { parts.append(shards) }
    return parts.joined(separator: "\n")
  }

  private static func services(_ look: StatusLook) -> String {
    let rows = look.services.map { service in
      [
        service.name, service.url, word(service.state), service.version ?? "", service.uptime.map(readable) ?? "",
      ]
    }
    let lines = aligned([["service", "address", "state", "version", "up for"]] + rows)
    var text = lines[0] + "\n"
    for (line, service) in zip(lines.dropFirst(), look.services) {
      text += line + "\n"
      // Deeper than the table, so that the eye finds the services.
      for note in [service.reason, service.remedy].compactMap({ $0 }) { text += "  \(note)\n" }
    }
    return text
  }

  private static func word(_ state: ServiceHealth.State) -> String {
    switch state {
    case .pass: "ready"
    case .warn: "ready, look"
    case .fail: "not ready"
    case .away: "away"
    }
  }

  private static func line(_ rates: StatusRates, hasRelay: Bool) -> String {
    func rate(_ name: String, _ value: Double?) -> String { "\(name) \(value.map { number($0) + "/s" } ?? "unknown")" }
    let relayed = hasRelay ? [rate("relayed", rates.relayed)] : []
    return
      ([rate("samples", rates.samples), rate("requests", rates.requests)] + relayed + [
        rate("projected", rates.projected), rate("queries", rates.queries),
      ]).joined(separator: "   ") + "\n"
  }

  private static func store(_ store: StoreStatus) -> String {
    var text = (store.store ?? "unknown store") + "\n"
    if let bytes = store.eventBytes { text += "events \(size(bytes))" }
    if let bytes = store.readBytes { text += "\(store.eventBytes == nil ? "" : ", ")read models \(size(bytes))" }
    if store.eventBytes != nil || store.readBytes != nil { text += " on disk\n" }
    if let problem = store.lagProblem { text += "The lag is not known: \(problem)\n" }
    return text
  }

  private static func relay(_ store: StoreStatus) -> String {
    let rows = store.relay.map { topic in
      [
        topic.topic, topic.lagEvents.map { "\($0)" } ?? "unknown", topic.lagSeconds.map(number) ?? "unknown",
        place(topic.shards),
      ]
    }
    return aligned([["topic", "events behind", "seconds behind", "position"]] + rows).joined(separator: "\n") + "\n"
  }

  private static func builds(_ store: StoreStatus) -> String {
    let rows = store.builds.map { build in
      [
        build.projection, build.schema, build.version.map { "\($0)" } ?? "", build.isActive ? "active" : "",
        build.lagEvents.map { "\($0)" } ?? "unknown", build.lagSeconds.map(number) ?? "unknown",
        place(build.shards),
      ]
    }
    let head = ["projection", "build", "version", "", "events behind", "seconds behind", "position"]
    return aligned([head] + rows).joined(separator: "\n") + "\n"
  }

  private static func place(_ shards: [StoreStatus.ShardStatus]) -> String {
    "\(shards.reduce(0) { $0 + $1.position }) in \(shards.count) shards"
  }

  /// Rows as lines, their columns below each other.
  static func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  static func number(_ value: Double) -> String { value == 0 ? "0" : ReadableNumber.text(value) }

  /// `3 s`, `2 min 5 s`, `4 h 10 min`, `12 d 3 h`.
  static func readable(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e12)))
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3_600: return "\(whole / 60) min \(whole % 60) s"
    case ..<86_400: return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
    default: return "\(whole / 86_400) d \(whole % 86_400 / 3_600) h"
    }
  }

  /// `999 B`, `1.5 MB`.
  static func size(_ bytes: Int64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1_000, unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    return "\(number(value)) \(units[unit])"
  }
}
