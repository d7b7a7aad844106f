import ColumnCodec
import Glibc
import TestSupport
import Testing

/// Not a claim: numbers to look at. `DAYBOOK_BENCH=1 swift test -c release --filter CodecBenchmark`.
@Suite struct CodecBenchmark {
  private static let count = 10_000
  private static let rounds = 400

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
  }

  @Test(.enabled(if: getenv("DAYBOOK_BENCH") != nil)) func nanosecondsPerSample() throws {
    var random = SeededRandom(seed: 7)
    let decimals = (0..<Self.count).map { _ in Double(Int.random(in: 0..<10_000, using: &random)) / 100 }
    measure(
      "series in step order", IntegerColumn.encode, IntegerColumn.decode, (0..<Self.count).map { Int64($0 % 125) })
    measure("series random", IntegerColumn.encode, IntegerColumn.decode, decimals.map { Int64($0 * 10) })
    measure(
      "times per 10", TimeColumn.encode, TimeColumn.decode, (0..<Self.count).map { Int64($0 / 10) * 10_000_000_000 })
    measure("times all equal", TimeColumn.encode, TimeColumn.decode, decimals.map { _ in 1_700_000_000_000_000_000 })
    measure(
      "times with ms jitter", TimeColumn.encode, TimeColumn.decode,
      decimals.enumerated().map { Int64($0.offset) * 10_000_000_000 + Int64($0.element) * 1_000_000 })
    measure(
      "times with ns jitter", TimeColumn.encode, TimeColumn.decode,
      decimals.enumerated().map { Int64($0.offset) * 10_000_000_000 + Int64($0.element * 100_001) })
    measure("two digits", DoubleColumn.encode, DoubleColumn.decode, decimals)
    measure("integers", DoubleColumn.encode, DoubleColumn.decode, decimals.map { ($0 * 10).rounded() })
    measure("full doubles", DoubleColumn.encode, DoubleColumn.decode, decimals.map { $0 / 3 })
    measure("360 with two digits", DoubleColumn.encode, DoubleColumn.decode, Array(decimals.prefix(360)))
    measure("one with two digits", DoubleColumn.encode, DoubleColumn.decode, [12.34])
    measure("one time", TimeColumn.encode, TimeColumn.decode, [1_700_000_000_123_000_000])
    measure(
      "one of ten full", DoubleColumn.encode, DoubleColumn.decode,
      decimals.enumerated().map { $0.offset % 10 == 3 ? $0.element / 3 : $0.element })
  }

  private func measure<Value>(
    _ name: String, _ encode: (UnsafeBufferPointer<Value>, inout ByteBuffer) -> Void,
    _ decode: (inout ByteReader, Int, UnsafeMutablePointer<Value>) throws(ColumnError) -> Void, _ values: [Value]
  ) {
    let out = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
    defer { out.deallocate() }
    var buffer = ByteBuffer()
    // The best round: what the machine does beside this only adds.
    var encoding = Double.infinity
    var decoding = Double.infinity
    for _ in 0..<Self.rounds {
      let start = Self.now()
      buffer.removeAll()
      values.withUnsafeBufferPointer { encode($0, &buffer) }
      let middle = Self.now()
      buffer.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        try? decode(&reader, values.count, out)
      }
      encoding = min(encoding, middle - start)
      decoding = min(decoding, Self.now() - middle)
    }
    let count = Double(values.count)
    print(
      "\(name): \(Double(buffer.count) / count) bytes, encode \(encoding / count) ns, decode \(decoding / count) ns")
  }
}
