/// What happened. The numbers are in every log: never change or reuse one.
package enum EventType: Int16, Sendable, CaseIterable {
  case seriesRegistered = 1
  case samplesRecorded = 2
  case samplesRetracted = 3
  case metricDescribed = 4

  /// The `schema_version` that is written now. Older ones are read for ever (docs/event-format.md).
  package var schemaVersion: Int16 { 1 }

  /// The name in documents and answers.
  package var name: String {
    switch self {
    case .seriesRegistered: "SeriesRegistered"
    case .samplesRecorded: "SamplesRecorded"
    case .samplesRetracted: "SamplesRetracted"
    case .metricDescribed: "MetricDescribed"
    }
  }
}
