import Synchronization

/// The measurements of this process, for `GET /metrics` in Prometheus' text format 0.0.4.
///
/// Every instrument may be used from any thread; a counter costs one relaxed atomic add. Instruments are made once and
/// kept: making one takes a lock. A name has one type and one help text: the first who declares it says them.
package final class MetricsRegistry: Sendable {
  package typealias Labels = KeyValuePairs<String, String>

  package enum Kind: String, Sendable { case counter, gauge, histogram }

  private struct Family {
    let name: String
    let help: String
    let kind: Kind
    var samples: [@Sendable (_ name: String, _ out: inout String) -> Void] = []
  }

  private struct State {
    var families: [Family] = []
    var places: [String: Int] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// A family that is there from the start, though its labels come with their first use.
  package func declare(_ kind: Kind, _ name: String, _ help: String) {
    state.withLock { _ = Self.place(&$0, kind, name, help) }
  }

  /// A counter: `name` ends in `_total`.
  package func counter(_ name: String, _ help: String, _ labels: Labels = [:]) -> Counter {
    let counter = Counter()
    let text = MetricText.labels(labels)
    add(.counter, name, help) { name, out in out += "\(name)\(text) \(counter.value)\n" }
    return counter
  }

  /// A counter that something else counts: `read` tells it at each scrape.
  package func counter(_ name: String, _ help: String, _ labels: Labels = [:], read: @escaping @Sendable () -> Double) {
    let text = MetricText.labels(labels)
    add(.counter, name, help) { name, out in out += "\(name)\(text) \(MetricText.number(read()))\n" }
  }

  /// A gauge whose value `read` tells at each scrape.
  package func gauge(_ name: String, _ help: String, _ labels: Labels = [:], read: @escaping @Sendable () -> Double) {
    let text = MetricText.labels(labels)
    add(.gauge, name, help) { name, out in out += "\(name)\(text) \(MetricText.number(read()))\n" }
  }

  /// Gauges of one name whose labels `read` tells at each scrape; no two of them may be equal.
  package func gauges(_ name: String, _ help: String, read: @escaping @Sendable () -> [MetricSample]) {
    add(.gauge, name, help) { name, out in
      for sample in read() {
        out += "\(name)\(MetricText.labels(sample.labels)) \(MetricText.number(sample.value))\n"
      }
    }
  }

  /// A histogram over fixed upper bounds, in seconds where it is a time.
  package func histogram(
    _ name: String, _ help: String, _ labels: Labels = [:], bounds: [Double] = Histogram.latencyBounds
  ) -> Histogram {
    let histogram = Histogram(bounds: bounds)
    let text = MetricText.labels(labels)
    let buckets =
      bounds.map { MetricText.labels(labels, "le=\"\(MetricText.number($0))\"") }
      + [MetricText.labels(labels, "le=\"+Inf\"")]
    add(.histogram, name, help) { name, out in
      let (counts, sum) = histogram.snapshot()
      var total: UInt64 = 0
      for (count, bucket) in zip(counts, buckets) {
        total += count
        out += "\(name)_bucket\(bucket) \(total)\n"
      }
      out += "\(name)_sum\(text) \(MetricText.number(sum))\n\(name)_count\(text) \(total)\n"
    }
    return histogram
  }

  /// All of it as text, families in the order in which they were made.
  package func exposition() -> String {
    var out = ""
    // Outside the lock: what is read may take locks of its own.
    for family in state.withLock({ $0.families }) {
      out += "# HELP \(family.name) \(MetricText.help(family.help))\n# TYPE \(family.name) \(family.kind.rawValue)\n"
      for sample in family.samples { sample(family.name, &out) }
    }
    return out
  }

  private func add(
    _ kind: Kind, _ name: String, _ help: String, _ sample: @escaping @Sendable (String, inout String) -> Void
  ) {
    state.withLock { state in
      let place = Self.place(&state, kind, name, help)
      state.families[place].samples.append(sample)
    }
  }

  private static func place(_ state: inout State, _ kind: Kind, _ name: String, _ help: String) -> Int {
    if let place = state.places[name] {
      precondition(state.families[place].kind == kind, "BUG: \(name) is a \(state.families[place].kind), not a \(kind)")
      return place
    }
    state.families.append(Family(name: name, help: help, kind: kind))
    state.places[name] = state.families.count - 1
    return state.families.count - 1
  }
}
