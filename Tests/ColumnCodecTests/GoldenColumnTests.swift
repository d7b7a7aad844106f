import ColumnCodec
import Testing

/// Bytes as they are in logs. A change here makes old logs unreadable: add a scheme, never change one.
@Suite struct GoldenColumnTests {
  private func expect(
    _ values: [Int64], _ hex: String, _ comment: Comment, location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(Columns.hex(Columns.pack(values)) == hex, comment, sourceLocation: location)
    #expect(try Columns.integers(Columns.bytes(hex), count: values.count) == values, comment, sourceLocation: location)
  }

  private func expect(
    times: [Int64], _ hex: String, _ comment: Comment, location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(Columns.hex(Columns.pack(times: times)) == hex, comment, sourceLocation: location)
    #expect(try Columns.times(Columns.bytes(hex), count: times.count) == times, comment, sourceLocation: location)
  }

  private func expect(
    doubles: [Double], _ hex: String, _ comment: Comment, location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(Columns.hex(Columns.pack(doubles: doubles)) == hex, comment, sourceLocation: location)
    let unpacked = try Columns.doubles(Columns.bytes(hex), count: doubles.count)
    #expect(unpacked.map(\.bitPattern) == doubles.map(\.bitPattern), comment, sourceLocation: location)
  }

  @Test func integersAreAsRecorded() throws {
    try expect([], "", "none")
    try expect([-3, -3, -3], "0005", "constant")
    try expect([100, 110, 120, 130], "01c80114", "arithmetic")
    try expect((0..<120).map { $0 < 40 ? 5 : $0 < 100 ? 9 : 1 }, "02030404028400040628140a00", "runs")
    try expect((0..<200).map { 10 + $0 % 50 }, "031407040661322003322003040602300003300003", "runs of differences")
    try expect([7, 3, 6, 1, 0, 7, 2, 5], "0403009f83ab", "frame")
    try expect([1_000, 1_011, 1_020, 1_032, 1_041, 1_053], "05d00f02123203", "frame of differences")
    try expect([0, 1, 4, 9, 16, 25, 37, 49, 64, 81], "0600020200aab3", "frame of second differences")
    try expect([.min, .max, 0], "0440ffffffffffffffffff010000000000000000ffffffffffffffff0000000000000080", "64 bits")
    try expect(
      (0..<130).map { ($0 * 37) % 11 },
      "040400401895623a07845129a673401895623a07845129a673401895623a07845129a673401895623a07845129a673401895623a07845129a673401895623a07845129030c20",
      "two blocks")
  }

  @Test func timesAreAsRecorded() throws {
    try expect(times: [1_700_000_000_000_000_000], "030080c49fd50c", "seconds")
    try expect(times: [1_700_000_000_001_000_000, 1_700_000_000_011_000_000], "020182a0abfef96214", "milliseconds")
    try expect(times: [-1_000, 5_000, 7_000], "010404016008", "microseconds")
    try expect(times: [3, 1, 4, 1, 5], "00040302c240", "nanoseconds")
  }

  @Test func doublesAreAsRecorded() throws {
    try expect(doubles: [12.34], "0200a413", "one decimal")
    try expect(doubles: [1.0 / 3, 1.0 / 3], "41555555555555d53f", "one value that is not decimal")
    try expect(doubles: [1.5, 2.25, -3, 4.1], "02040ad704c2350880b1", "decimals")
    try expect(
      doubles: [0.5, 1, -0.0, .nan, 2, 3.5, 4, 4.5, .infinity, 5],
      "81050a040005a05f050503040304880101ffffffffffffffffff01ffffffffffffff07", "exceptions")
    try expect(
      doubles: [Double(Float(0.1)), Double(Float(0.2)), Double(Float(0.7))], "401d04199ab3e6dc3f00000000000099999905",
      "raw without low zeros")
    try expect(
      doubles: [.pi, 2.718281828459045, 1.4142135623730951],
      "400004359aeff9e7cca7d0f67f4bf1c4ed5c819273a39284cde301000000000000", "decimals of 16 digits, raw or not")
  }
}
