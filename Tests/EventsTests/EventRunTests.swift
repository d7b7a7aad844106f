import Events
import TestSupport
import Testing

@Suite struct EventRunTests {
  /// Neighbours of shard 3, the last at position 258.
  private func events(_ count: Int, _ change: (Int, inout EventRecord) -> Void = { _, _ in }) -> [EventRecord] {
    (0..<count).map { index in
      var event = EventRecord(
        shard: 3, position: Int64(258 - count + 1 + index), type: .samplesRecorded, schemaVersion: 1,
        recordedAt: 1_700_000_000_000_000_007, commandHigh: 0x0193_4f2a_7b5c_7d3e,
        commandLow: 0x8f01_2345_6789_ab00 + UInt64(index), timeMin: 1_700_000_000_000_000_000 + Int64(index),
        timeMax: 1_700_000_000_000_000_009, sampleCount: 2, metadata: [0x0a, 0x01, 0x61, 0x18, UInt8(index)],
        payload: [0x10, UInt8(index)])
      change(index, &event)
      return event
    }
  }

  private func decode(_ row: EventRun.Row, schemaVersion: Int16 = 1) throws(EventError) -> [EventRecord] {
    try EventRun.decode(
      row, shard: 3, position: 258, schemaVersion: schemaVersion, recordedAt: 1_700_000_000_000_000_007)
  }

  private func changed(
    _ row: EventRun.Row, commandLow: UInt64? = nil, timeMin: Int64? = nil, timeMax: Int64? = nil,
    sampleCount: Int32? = nil, metadata: [UInt8]? = nil, payload: [UInt8]? = nil
  ) -> EventRun.Row {
    EventRun.Row(
      commandHigh: row.commandHigh, commandLow: commandLow ?? row.commandLow, timeMin: timeMin ?? row.timeMin,
      timeMax: timeMax ?? row.timeMax, sampleCount: sampleCount ?? row.sampleCount, metadata: metadata ?? row.metadata,
      payload: payload ?? row.payload)
  }

  @Test func version1IsReadAndWrittenAsItWas() throws {
    let row = EventRun.encode(events(3)[...])
    #expect(
      Samples.hex(row.payload)
        == "03" + "02010193" + "4f2a7b5c7d3e8f0123456789ab00" + "0012020500021000" + "0201"
        + "01934f2a7b5c7d3e8f0123456789ab01" + "021002040101021001" + "0201" + "01934f2a7b5c7d3e8f0123456789ab02"
        + "020e02040102021002")
    #expect((row.commandHigh, row.commandLow) == (0x0193_4f2a_7b5c_7d3e, 0x8f01_2345_6789_ab02))
    #expect((row.timeMin, row.timeMax) == (1_700_000_000_000_000_000, 1_700_000_000_000_000_009))
    #expect(row.sampleCount == 6)
    #expect(row.metadata == [0x0a, 0x01, 0x61, 0x18, 0x00])
    #expect(try decode(row) == events(3))
  }

  @Test func eventsOfAnyContentComeBackAsTheyWere() throws {
    var random = SeededRandom()
    for _ in 0..<300 {
      let all = events(.random(in: 2...EventRun.countLimit, using: &random)) { _, event in
        event.type = EventType.allCases.randomElement(using: &random) ?? .samplesRecorded
        event.schemaVersion = .random(in: 1...Int16.max, using: &random)
        (event.commandHigh, event.commandLow) = (random.next(), random.next())
        event.sampleCount = .random(in: 0...Int32(SamplesRecorded.countLimit), using: &random)
        event.timeMin = Bool.random(using: &random) ? Int64(bitPattern: random.next()) : .min
        event.timeMax = Bool.random(using: &random) ? Int64(bitPattern: random.next()) : .max
        if event.timeMin > event.timeMax { swap(&event.timeMin, &event.timeMax) }
        event.metadata = (0..<Int.random(in: 0...20, using: &random)).map { _ in .random(in: 0...1, using: &random) }
        event.payload = (0..<Int.random(in: 0...20, using: &random)).map { _ in .random(in: 0...255, using: &random) }
      }
      #expect(try decode(EventRun.encode(all[...])) == all)
    }
  }

  @Test func whatAnEventAddsIsNeverMoreThanWasSaid() {
    let all = events(2) { _, event in
      event.schemaVersion = .max
      (event.timeMin, event.timeMax) = (.min, .max)
      event.sampleCount = Int32(SamplesRecorded.countLimit)
      event.metadata = [UInt8](repeating: event.commandLow == 0x8f01_2345_6789_ab00 ? 1 : 2, count: 200)
      event.payload = [UInt8](repeating: 0, count: 300)
    }
    #expect(EventRun.encode(all[...]).payload.count <= 2 * EventRun.size(of: all[0]) + 10)
  }

  @Test func aBigEventSharesNoRow() {
    func takes(_ payload: Int, _ metadata: Int) -> Bool {
      EventRun.takes(
        events(1) { _, event in
          event.payload = [UInt8](repeating: 0, count: payload)
          event.metadata = [UInt8](repeating: 0, count: metadata)
        }[0])
    }
    #expect(takes(EventRun.eventLimit - 10, 10))
    #expect(!takes(EventRun.eventLimit - 10, 11))
  }

  @Test func aRowWhoseColumnsAreNotThoseOfItsEventsIsRefused() throws {
    let row = EventRun.encode(events(3)[...])
    for other in [
      changed(row, commandLow: row.commandLow + 1), changed(row, timeMin: row.timeMin - 1),
      changed(row, timeMax: row.timeMax + 1), changed(row, sampleCount: row.sampleCount + 1),
      changed(row, metadata: row.metadata + [0]),
    ] {
      #expect(throws: EventError.self) { try decode(other) }
    }
  }

  @Test func whatANewerProgramWroteIsRefusedAndSaysSo() throws {
    let row = EventRun.encode(events(2)[...])
    var newer = row.payload
    newer[1] = 99
    for body in [{ try decode(row, schemaVersion: 2) }, { try decode(changed(row, payload: newer)) }] {
      let error = #expect(throws: EventError.self) { try body() }
      #expect(error?.description.contains("a newer Daybook wrote it") == true)
    }
  }

  @Test func damagedRunsAreErrorsAndNeverTraps() throws {
    var random = SeededRandom()
    let row = EventRun.encode(events(5)[...])
    for count in 0..<row.payload.count {
      #expect(throws: EventError.self) { try decode(changed(row, payload: Array(row.payload[..<count]))) }
    }
    #expect(throws: EventError.self) { try decode(changed(row, payload: row.payload + [0])) }
    for _ in 0..<5_000 {
      var damaged = row.payload
      damaged[.random(in: damaged.indices, using: &random)] = .random(in: 0...255, using: &random)
      _ = try? decode(changed(row, payload: damaged))
    }
    // More events than there are positions.
    #expect(throws: EventError.self) {
      try EventRun.decode(row, shard: 3, position: 4, schemaVersion: 1, recordedAt: 0)
    }
  }
}
