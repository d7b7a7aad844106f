import Benchmark
import Testing

struct FreshnessStreamTests {
  private let stream = FreshnessStream(name: "fresh", series: 3, samplesPerSecond: 30, samplesPerRequest: 2)

  @Test func seriesTakeTurnsAndCountTheirSamples() {
    #expect(
      String(decoding: stream.body(1), as: UTF8.self) == """
        fresh,series=s2 value=0 1735689600000000000
        fresh,series=s0 value=1 1735689600100000000

        """)
  }

  @Test func aProbeAsksForTheLastSampleOfItsRequest() {
    let probe = stream.probe(1, after: "token")
    #expect(probe.value == 1)
    #expect(
      probe.target
        == "/v1/timeline?name=fresh&label.series=s0&step=minute&aggregate=max&from=1735689600000&to=1735689660000"
        + "&after=token&wait=30s")
  }

  @Test func aProbeAsksForTheMinuteOfItsSample() {
    // Series 0 has its sample 601 a minute and 100 ms after the start.
    #expect(stream.probe(901, after: "t").target.contains("&from=1735689660000&to=1735689720000&"))
  }

  @Test(arguments: [
    (#"{"series": [{"labels": {}, "time": [1], "max": [12.5]}]}"#, 12.5), (#"{"max":[3,4]}"#, 3),
    (#"{"series": []}"#, nil), (#"{"max": [null]}"#, nil), ("", nil),
  ])
  func theHighestValueIsFoundInAnAnswer(text: String, expected: Double?) {
    #expect(FreshnessStream.highest(in: text) == expected)
  }
}
