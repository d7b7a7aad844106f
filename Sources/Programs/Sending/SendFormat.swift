/// What the input is written in.
package enum SendFormat: Sendable {
  case csv(CSVSettings)
  /// InfluxDB line protocol.
  case lines(precision: String)
  /// The native JSON API's samples, one object a line.
  case samples(precision: String)

  /// Where its batches go, with the parameters.
  func target(_ mode: SendMode) -> String {
    switch self {
    case .csv: "/write?db=daybook&precision=ns&mode=\(mode.rawValue)"
    case .lines(let precision): "/write?db=daybook&precision=\(precision)&mode=\(mode.rawValue)"
    case .samples(let precision): "/v1/samples?precision=\(precision)&mode=\(mode.rawValue)"
    }
  }

  var contentType: String {
    if case .samples = self { return "application/x-ndjson" }
    return "text/plain; charset=utf-8"
  }

  /// Metrics protocols replace, the native API observes. A CSV is taken as the former: sent twice it counts once.
  package var standardMode: SendMode {
    if case .samples = self { return .observe }
    return .replace
  }

  var csv: CSVSettings? {
    if case .csv(let settings) = self { return settings }
    return nil
  }

  /// How many bytes of input a batch has before the end of its last record. Decides where batches are cut, so that the
  /// same input is always cut in the same places.
  var batchBytes: Int {
    switch self {
    case .csv(let settings): settings.batchBytes
    case .lines: 1 << 20
    // Small: whatever has a bad sample is sent again without it.
    case .samples: 256 << 10
    }
  }

  /// All that decides what is sent for an input, for the state file.
  var parameters: [(String, String)] {
    switch self {
    case .csv(let settings): [("format", "csv")] + settings.parameters
    case .lines(let precision): [("format", "line"), ("precision", precision)]
    case .samples(let precision): [("format", "ndjson"), ("precision", precision)]
    }
  }
}
