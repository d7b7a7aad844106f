import SamplesJSON
import WriteTestSupport

/// Parses one body with a parser of its own.
func parse(
  _ body: String, _ format: SamplesFormat = .json, precision: SamplePrecision = .milliseconds, serverTime: Int64 = 77,
  resolver: FakeResolver = FakeResolver()
) throws -> SamplesOutcome {
  let parser = SamplesParser(resolver: resolver)
  return try Array(body.utf8).withUnsafeBytes {
    try parser.parse($0, format: format, precision: precision, serverTime: serverTime)
  }
}

/// What `parse` throws, in short: `0 name-missing, 2 value-missing` or `not-json` and the like.
func fault(_ body: String, _ format: SamplesFormat = .json, precision: SamplePrecision = .milliseconds) -> String {
  do {
    _ = try parse(body, format, precision: precision)
    return "none"
  } catch SamplesBodyError.badSamples(let faults, let total) {
    let named = faults.map { "\($0.index) \($0.fault.code)" }.joined(separator: ", ")
    return total == faults.count ? named : "\(named) of \(total)"
  } catch SamplesBodyError.notJSON(_, let index) {
    return "not-json" + (index.map { " \($0)" } ?? "")
  } catch SamplesBodyError.noSamples {
    return "no-samples"
  } catch {
    return "\(error)"
  }
}
