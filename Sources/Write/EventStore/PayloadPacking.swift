import Compression
import Events

/// From packed columns to a payload, compressed where that makes it smaller.
enum PayloadPacking {
  /// Columns of fewer bytes are left as they are: there zstd's own frame eats what it saves.
  static let compressionThreshold = 128
  /// zstd's fastest standard level: payloads are packed already, higher ones find little more.
  static let level: Int32 = 1

  static func samples(_ part: SamplesRecorded.Part, mode: SampleMode) -> [UInt8] {
    pack(part.columns) { compression, columns in
      SamplesRecorded.encode(
        mode: mode, count: part.range.count, compression: compression, columnsSize: part.columns.count,
        columns: columns)
    }
  }

  static func series(_ part: SeriesRegistered.Part) -> [UInt8] {
    pack(part.columns) { compression, columns in
      SeriesRegistered.encode(
        count: part.range.count, compression: compression, columnsSize: part.columns.count, columns: columns)
    }
  }

  private static func pack(
    _ columns: [UInt8], _ encode: (PayloadCompression, UnsafeRawBufferPointer) -> [UInt8]
  ) -> [UInt8] {
    if columns.count >= compressionThreshold {
      let compressed = columns.withUnsafeBytes { Zstd.compress($0, level: level) }
      if compressed.count < columns.count {
        return compressed.withUnsafeBytes { encode(.zstd, $0) }
      }
    }
    return columns.withUnsafeBytes { encode(.none, $0) }
  }
}
