import Events
import Testing

/// Payloads as they are in logs, one set per schema version. They stay readable for ever.
@Suite struct GoldenPayloadTests {
  @Test func samplesRecordedVersion1() throws {
    let samples = SampleColumns(
      series: [3, 11, 19, 3, 11, 19],
      times: [
        1_700_000_000_000_000_000, 1_700_000_000_000_000_000, 1_700_000_000_000_000_000,
        1_700_000_010_000_000_000, 1_700_000_010_000_000_000, 1_700_000_010_000_000_000,
      ],
      values: [1.25, 100, -0.5, 1.5, 101, .nan])
    let hex = "0801100620242a24040200240903040480c49fd50c00a0aa402e0411a0ff0700002803c0fe87005019000220"
    let part = try #require(SamplesRecorded.split(samples, shards: Samples.shards).first)
    #expect(Samples.hex(Samples.payload(part, mode: .replace)) == hex)
    var unpacked = SampleColumns()
    #expect(try Samples.unpack(Samples.bytes(hex), into: &unpacked) == .replace)
    #expect(Samples.areSame(unpacked, samples))
  }

  @Test func seriesRegisteredVersion1() throws {
    let entries = [
      try SeriesRegisteredTests.entry(4, "cpu", [("host", "a"), ("dc", "fra")]),
      try SeriesRegisteredTests.entry(5, "cpu", [("host", "b"), ("dc", "fra")]),
      try SeriesRegisteredTests.entry(6, "up", []),
    ]
    let hex =
      "1003205a2a5a010802f296808be5e7f40822dd948a9e0c95a47a24d34337c1c6b3e53e07994d1a8d433513bbfb7b4a939507f926072db8e82007040202e6106370756463667261686f73746162757004030080010402000a04020288040204c8"
    let part = try #require(SeriesRegistered.split(entries, shards: 8).first)
    let payload = part.columns.withUnsafeBytes {
      SeriesRegistered.encode(count: 3, compression: .none, columnsSize: part.columns.count, columns: $0)
    }
    #expect(Samples.hex(payload) == hex)
    let unpacked = try Samples.bytes(hex).withUnsafeBytes { payload in
      let header = try SeriesRegistered.decode(payload, schemaVersion: 1)
      return try SeriesRegistered.decodeColumns(header.columns, count: header.count, shard: 3, shards: 8)
    }
    #expect(unpacked == entries)
  }

  @Test func metricDescribedVersion1() throws {
    let metric = try SeriesKey(name: "temperature")
    let cases: [(MetricDescribed, hex: String)] = [
      (
        try MetricDescribed(metric: metric, unit: .set("°C"), description: .set("of the room"), kind: .set(.gauge)),
        "0a0b74656d70657261747572651203c2b0431a0b6f662074686520726f6f6d2001"
      ),
      (
        try MetricDescribed(metric: metric, unit: .cleared, description: .cleared, kind: .cleared),
        "0a0b74656d706572617475726512001a002000"
      ), (try MetricDescribed(metric: metric, kind: .set(.counter)), "0a0b74656d70657261747572652002"),
      (
        try MetricDescribed(metric: metric, unit: .set("°C"), description: .cleared),
        "0a0b74656d70657261747572651203c2b0431a00"
      ),
    ]
    for (described, hex) in cases {
      #expect(Samples.hex(described.encoded()) == hex)
      #expect(
        try Samples.bytes(hex).withUnsafeBytes { try MetricDescribed(decoding: $0, schemaVersion: 1) } == described)
    }
  }
}
