import Runtime

/// What the command service counts beside its HTTP server. Any thread.
final class CommandMetrics: Sendable {
  private struct Rejection: Hashable {
    let protocolName: String
    let reason: String
  }

  /// By protocol.
  private let accepted: LabelledInstruments<String, Counter>
  private let rejected: LabelledInstruments<Rejection, Counter>
  let skippedTexts: Counter
  let roundedIntegers: Counter

  init(_ registry: MetricsRegistry) {
    let acceptedName = "daybook_samples_accepted_total"
    let acceptedHelp = "Samples stored, by protocol."
    let rejectedName = "daybook_samples_rejected_total"
    let rejectedHelp = "Samples or lines refused, by protocol and reason."
    registry.declare(.counter, acceptedName, acceptedHelp)
    registry.declare(.counter, rejectedName, rejectedHelp)
    accepted = LabelledInstruments { registry.counter(acceptedName, acceptedHelp, ["protocol": $0]) }
    rejected = LabelledInstruments {
      registry.counter(rejectedName, rejectedHelp, ["protocol": $0.protocolName, "reason": $0.reason])
    }
    skippedTexts = registry.counter(
      "daybook_line_texts_skipped_total", "Text fields of line protocol, which are no metrics.")
    roundedIntegers = registry.counter(
      "daybook_integers_rounded_total", "Integers beyond 2^53 that were rounded to a Float64.")
  }

  func accepted(_ samples: Int, protocol name: String) {
    accepted[name].add(samples)
  }

  /// `reason` is a word of ours, so their number is bounded.
  func rejected(_ count: Int, protocol name: String, reason: String) {
    rejected[Rejection(protocolName: name, reason: reason)].add(count)
  }
}
