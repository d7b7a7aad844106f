import Runtime
import Synchronization

/// What the command service counts. Any thread.
final class CommandMetrics: Sendable {
  /// What a counter counts. Every word in it is ours, so their number is bounded.
  private enum Subject: Hashable {
    case request(Route?, status: Int)
    case accepted(protocol: String)
    case rejected(protocol: String, reason: String)
  }

  private let registry: MetricsRegistry
  private let counters = Mutex<[Subject: Counter]>([:])
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
    counter(.request(route, status: status)).add()
    guard let route else { return }
    seconds[route]?.observe(Double(nanoseconds) / 1e9)
    bytes[route]?.add(bodyBytes)
  }

  func accepted(_ samples: Int, protocol name: String) {
    counter(.accepted(protocol: name)).add(samples)
  }

  func rejected(_ count: Int, protocol name: String, reason: String) {
    counter(.rejected(protocol: name, reason: reason)).add(count)
  }

  /// Made at its first use.
  private func counter(_ subject: Subject) -> Counter {
    counters.withLock { counters in
      if let counter = counters[subject] { return counter }
      let made = make(subject)
      counters[subject] = made
      return made
    }
  }

  private func make(_ subject: Subject) -> Counter {
    switch subject {
    case .request(let route, let status):
      registry.counter(
        "daybook_requests_total", "Requests answered.",
        ["route": route?.rawValue ?? "unknown", "status": String(status)])
    case .accepted(let name):
      registry.counter("daybook_accepted_samples_total", "Samples stored.", ["protocol": name])
    case .rejected(let name, let reason):
      registry.counter(
        "daybook_rejected_samples_total", "Lines or samples refused, by reason.",
        ["protocol": name, "reason": reason])
    }
  }
}
