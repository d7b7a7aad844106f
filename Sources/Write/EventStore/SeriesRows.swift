import Commands
import Events
import Hashing
import Postgres

/// The registry's side of new series.
enum SeriesRows {
  static func lookup(_ unknown: [GroupSeries.Unknown]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.byteaArray(unknown.map { $0.series.fingerprint.bytes })
    return parameters
  }

  /// Tells `series` what the registry has.
  static func read(_ result: PostgresResult, into series: inout GroupSeries) throws(PostgresError) {
    for row in 0..<result.rowCount {
      let bytes = try result.bytes(row, 0)
      guard bytes.count == 16 else {
        throw PostgresError("read the series registry", message: "expected 16 bytes, actual \(bytes.count)")
      }
      let fingerprint = XXH3.Hash128(
        high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
      series.found(fingerprint, SeriesID(rawValue: try result.int64(row, 1)))
    }
  }

  static func insert(_ entries: [SeriesRegistered.Entry]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int64Array(entries.map(\.id.rawValue))
    parameters.byteaArray(
      entries.map { XXH3.Hash128(high: $0.fingerprintHigh, low: $0.fingerprintLow).bytes })
    parameters.byteaArray(entries.map(\.key.canonical))
    return parameters
  }
}
