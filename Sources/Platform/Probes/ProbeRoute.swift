/// What every process of Daybook answers for those who watch it.
package enum ProbeRoute: String, CaseIterable, Sendable {
  case live = "/livez"
  case ready = "/readyz"
  case metrics = "/metrics"

  package static let methods = ["GET", "HEAD"]
}
