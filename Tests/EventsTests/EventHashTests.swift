import ColumnCodec
import Events
import Hashing
import Testing

@Suite struct EventHashTests {
  static let record = EventRecord(
    shard: 3, position: 258, type: .samplesRecorded, schemaVersion: 1, recordedAt: 0x0102_0304_0506_0708,
    commandHigh: 0x0193_4f2a_7b5c_7d3e, commandLow: 0x8f01_2345_6789_abcd, timeMin: -1, timeMax: 2, sampleCount: 5,
    metadata: [0xaa, 0xbb], payload: [0xcc])

  private func canonical(_ record: EventRecord, previous: [UInt8] = EventHash.beforeFirst) -> [UInt8] {
    var buffer = ByteBuffer()
    EventHash.canonical(previous: previous, record: record, into: &buffer)
    return buffer.bytes
  }

  @Test func theBytesAreAsDocumented() {
    let expected =
      String(repeating: "00", count: 32) + "0400000003000000" + "080000000201000000000000" + "020000000200"
      + "020000000100" + "080000000807060504030201" + "1000000001934f2a7b5c7d3e8f0123456789abcd"
      + "08000000ffffffffffffffff" + "080000000200000000000000" + "0400000005000000" + "02000000aabb" + "01000000cc"
    #expect(Samples.hex(canonical(Self.record)) == expected)
  }

  @Test func theHashNeverChanges() {
    #expect(
      Samples.hex(SHA256.hash(canonical(Self.record)))
        == "b11e51f0ca429eb3583db3ab6aad050685e0b629f81863a0676d89f3c7e97271")
  }

  @Test func everyColumnAndTheHashBeforeCount() {
    func changed(_ change: (inout EventRecord) -> Void) -> [UInt8] {
      var record = Self.record
      change(&record)
      return canonical(record)
    }
    var other = EventHash.beforeFirst
    other[31] = 1
    let all: [[UInt8]] = [
      canonical(Self.record), canonical(Self.record, previous: other), changed { $0.shard = 4 },
      changed { $0.position = 259 }, changed { $0.type = .seriesRegistered }, changed { $0.schemaVersion = 2 },
      changed { $0.recordedAt += 1 }, changed { $0.commandHigh += 1 }, changed { $0.commandLow += 1 },
      changed { $0.timeMin += 1 }, changed { $0.timeMax += 1 }, changed { $0.sampleCount += 1 },
      changed { $0.metadata = [0xaa] }, changed { $0.payload = [] },
      changed {
        $0.metadata += $0.payload; $0.payload = []
      },
    ]
    #expect(Set(all).count == all.count)
    #expect(changed { $0.hash = other } == canonical(Self.record))
  }

  @Test func headAndPayloadAreTheWhole() {
    var buffer = ByteBuffer()
    EventHash.head(previous: EventHash.beforeFirst, record: Self.record, into: &buffer)
    #expect(buffer.bytes + Self.record.payload == canonical(Self.record))
  }
}
