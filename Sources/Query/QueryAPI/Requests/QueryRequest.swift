package import Queries

/// A request for read models, understood: what is asked, and what the answer must have read.
package struct QueryRequest: Sendable {
  package enum Question: Sendable {
    case timeline(TimelineRequest)
    case metrics
    case series(SeriesSelector)
    case samples(SamplesRequest)
    case latest(SeriesSelector)
    case status
    /// `readyz` with its list of checks.
    case readiness(verbose: Bool)
  }

  package let question: Question
  package let after: AfterCondition?
}
