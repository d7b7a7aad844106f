import Commands
import EventStore
import Events
import Runtime
import TestSupport
import Testing

private let nasty: [Double] = [
  0, -0.0, .nan, Double(bitPattern: 0x7ff0_0000_0000_0002), Double(bitPattern: 0xfff8_dead_beef_0001), .infinity,
  -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude, .ulpOfOne, 0.1, 1.0 / 3, 1e22,
  9_007_199_254_740_991, 123_456_789.123,
]

@Test func everyFloat64AndTimestampComesBackBitForBit() throws {
  let harness = try StoreHarness()
  var random = SeededRandom()
  var sent: [(time: Int64, bits: UInt64)] = []
  let times: [Int64] = [.min, .min + 1, -1, 0, 1, 1_700_000_000_000_000_000, .max - 1, .max]
  for time in times { for value in nasty { sent.append((time, value.bitPattern)) } }
  for _ in 0..<2_000 {
    sent.append((.random(in: .min ... .max, using: &random), .random(in: 0...UInt64.max, using: &random)))
  }
  try harness.withAppender { appender in
    let samples = sent.map { (name: "m", time: $0.time, value: Double(bitPattern: $0.bits)) }
    _ = try appender.record(TestCommand.record(samples, to: appender, mode: .observe)).get()
  }
  let events = try harness.log().of(.samplesRecorded)
  var returned: [(time: Int64, bits: UInt64)] = []
  for event in events {
    let (mode, samples) = try LogContent.samples(event, shards: harness.identity.shards)
    #expect(mode == .observe)
    returned += zip(samples.times, samples.values).map { ($0, $1.bitPattern) }
  }
  #expect(returned.map(\.time) == sent.map(\.time))
  #expect(returned.map(\.bits) == sent.map(\.bits))
}

@Test func aCommandIsSplitBelowTheLimitInTheOrderSent() throws {
  let harness = try StoreHarness()
  var random = SeededRandom()
  let values = (0..<150_000).map { _ in Double(bitPattern: .random(in: 0...UInt64.max, using: &random)) }
  try harness.withAppender { appender in
    // The series is new in one command and known in the other: packed by two different threads.
    for _ in 0..<2 {
      let samples = values.enumerated().map { (name: "m", time: Int64($0.offset), value: $0.element) }
      _ = try appender.record(TestCommand.record(samples, to: appender)).get()
    }
  }
  let log = try harness.log()
  let events = log.of(.samplesRecorded)
  #expect(events.count >= 6)
  #expect(events.allSatisfy { $0.payload.count <= EventRecord.payloadLimit })
  let returned = try events.flatMap { try LogContent.samples($0, shards: harness.identity.shards).samples.values }
  #expect(returned.map(\.bitPattern) == (values + values).map(\.bitPattern))
}

@Test func manyNewSeriesAreRegisteredInSeveralEvents() throws {
  let harness = try StoreHarness(shards: 1)
  let pad = String(repeating: "x", count: 200)
  let samples = (0..<9_000).map { (name: "m\($0) \(pad)", time: Int64(1), value: Double($0)) }
  try harness.withAppender { appender in
    _ = try appender.record(TestCommand.record(samples, to: appender)).get()
  }
  let log = try harness.log()
  #expect(log.of(.seriesRegistered).count > 1)
  let entries = try log.of(.seriesRegistered).flatMap { try LogContent.series($0, shards: 1) }
  #expect(entries.map(\.id.rawValue) == (0..<9_000).map { Int64($0) })
  #expect(entries.map(\.key.name) == samples.map(\.name))
}
