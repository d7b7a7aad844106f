/// Samples of many series in turn, at a rate: what freshness is measured on. The value of a sample is how many its series
/// had before, so that an answer tells by its highest value which samples it has. Pure.
package struct FreshnessStream: Sendable {
  /// The metric's name.
  package let name: String
  package let series: Int
  package let samplesPerSecond: Int
  package let samplesPerRequest: Int

  package init(name: String, series: Int, samplesPerSecond: Int, samplesPerRequest: Int) {
    self.name = name
    self.series = series
    self.samplesPerSecond = samplesPerSecond
    self.samplesPerRequest = samplesPerRequest
  }

  /// Request `number` as line protocol.
  package func body(_ number: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(samplesPerRequest * 56)
    for sample in number * samplesPerRequest..<(number + 1) * samplesPerRequest {
      bytes += name.utf8
      bytes += ",series=s".utf8
      DecimalText.append(UInt64(sample % series), to: &bytes)
      bytes += " value=".utf8
      DecimalText.append(UInt64(sample / series), to: &bytes)
      bytes.append(0x20)
      DecimalText.append(UInt64(time(of: sample)), to: &bytes)
      bytes.append(0x0A)
    }
    return bytes
  }

  /// The question for the last sample of request `number`, and the value that the answer must have reached.
  package func probe(_ number: Int, after token: String) -> (target: String, value: Double) {
    let sample = (number + 1) * samplesPerRequest - 1
    let from = time(of: sample) / 60_000_000_000 * 60_000
    return (
      "/v1/timeline?name=\(name)&label.series=s\(sample % series)&step=minute&aggregate=max&from=\(from)"
        + "&to=\(from + 60_000)&after=\(token)&wait=30s", Double(sample / series)
    )
  }

  /// The value of an answer to `probe`; nil: it has no bucket.
  package static func highest(in answer: String) -> Double? {
    guard let key = answer.firstRange(of: "\"max\"") else { return nil }
    let rest = answer[key.upperBound...].drop { $0 == ":" || $0 == " " || $0 == "[" }
    return Double(rest.prefix { $0 != "," && $0 != "]" })
  }

  /// Nanoseconds since 1970.
  private func time(of sample: Int) -> Int64 {
    let period = Double(series) / Double(samplesPerSecond) * 1e9
    return HostWorkload.start + Int64(Double(sample / series) * period)
  }
}
