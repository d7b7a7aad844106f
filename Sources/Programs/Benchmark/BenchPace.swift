import HTTPClient
import Runtime

/// How fast a load is sent.
package struct BenchPace: Sendable {
  /// Samples a second, whatever the answers do; nil: as fast as answers come.
  package let samplesPerSecond: Int?
  /// Nil: until all is sent.
  package let duration: Duration?

  package init(samplesPerSecond: Int? = nil, duration: Duration? = nil) {
    self.samplesPerSecond = samplesPerSecond
    self.duration = duration
  }

  /// The same in requests of so many samples.
  func requests(of samples: Int) -> HTTPLoadPace {
    HTTPLoadPace(rate: samplesPerSecond.map { Double($0) / Double(samples) }, duration: duration)
  }

  /// How many samples will be due; nil: no end is known.
  var samples: Int? {
    guard let samplesPerSecond, let duration else { return nil }
    return Int(Double(samplesPerSecond) * duration.seconds)
  }

  var text: String {
    (samplesPerSecond.map { ", \(ReadableNumber.text(Double($0))) samples a second" } ?? "")
      + (duration.map { " for \($0.seconds) s" } ?? "")
  }
}
