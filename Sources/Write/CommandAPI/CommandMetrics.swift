import Runtime
import Synchronization

/// What the command service counts. Any thread.
final class CommandMetrics: Sendable {
  /// Every label value is a word of ours, so the number of counters is bounded.
  private struct Key: Hashable {
    let name: String
    let labels: [String]
  }

  private let registry: MetricsRegistry
  private let counters = Mutex<[Key: Counter]>([:])
  private let seconds: [Route: Histogram]
  private let bytes: [Route: Counter]
  let skippedTexts: Counter
  let roundedIntegers: Counter

  init(_ registry: MetricsRegistry) {
    self.registry = registry
    seconds = Dictionary(
      uniqueKeysWithValues: Route.allCases.map {
        (
          $0,
          registry.histogram(
            "daybook_request_seconds", "Time from the whole request to its answer.", ["route": $0.rawValue])
        )
      })
    bytes = Dictionary(
      uniqueKeysWithValues: Route.allCases.map {
        ($0, registry.counter("daybook_request_bytes_total", "Bytes of request bodies.", ["route": $0.rawValue]))
      })
    skippedTexts = registry.counter(
      "daybook_skipped_texts_total", "Text fields of line protocol, which are no metrics.")
    roundedIntegers = registry.counter(
      "daybook_rounded_integers_total", "Integers beyond 2^53 that were rounded to a Float64.")
  }

  func request(_ route: Route?, status: Int, bytes bodyBytes: Int, nanoseconds: UInt64) {
    let name = route?.rawValue ?? "unknown"
    counter("daybook_requests_total", "Requests answered.", [("route", name), ("status", String(status))]).add()
    guard let route else { return }
    seconds[route]?.observe(Double(nanoseconds) / 1e9)
    bytes[route]?.add(bodyBytes)
  }

  func accepted(_ samples: Int, protocol name: String) {
    counter("daybook_accepted_samples_total", "Samples stored.", [("protocol", name)]).add(samples)
  }

  func rejected(_ count: Int, protocol name: String, reason: String) {
    counter(
      "daybook_rejected_samples_total", "Lines or samples refused, by reason.",
      [("protocol", name), ("reason", reason)]
    ).add(count)
  }

  private func counter(_ name: String, _ help: String, _ labels: [(String, String)]) -> Counter {
    counters.withLock { counters in
      let key = Key(name: name, labels: labels.map(\.1))
      if let counter = counters[key] { return counter }
      let made =
        labels.count == 1
        ? registry.counter(name, help, [labels[0].0: labels[0].1])
        : registry.counter(name, help, [labels[0].0: labels[0].1, labels[1].0: labels[1].1])
      counters[key] = made
      return made
    }
  }
}
