import ColumnCodec

/// The `changes` column of `tail`: what one flush changed in one page of series.
///
/// Format 1. All integers are varints, columns are `ColumnCodec`'s:
///
///     byte 1, number of segments, then per segment:
///       byte kind (`ChangeKind`; each kind at most once, rising)
///       number of series, number of samples
///       IntegerColumn of the series' slots, rising; IntegerColumn of their numbers of samples, each at least 1
///       per chunk: its size in bytes
///       per chunk: TimeColumn, DoubleColumn
///
/// A chunk holds whole series: the next begins when one has 1,024 samples or more, so that reading one series unpacks
/// little else. Samples of a series lie in canonical order. Changes are resolved, so the segments of a row touch
/// different times of a series and their order means nothing; in a replace segment, of several samples of one series at
/// one time the first removes what the series had there and the others are added.
package enum TailRow {
  static let formatVersion: UInt8 = 1
  /// Samples after which a chunk ends with the series it is in: unpacking them takes about 2 µs.
  static let chunkLength = 1_024
  /// The most samples of a row. A flush cuts what it has at a quarter of it; unpacked they take 72 MB.
  package static let sampleLimit = 1 << 22

  /// Packs the changes of a page, which it sorts. Nil when there are none.
  package static func encode(_ page: inout PageChanges) -> [UInt8]? {
    guard !page.isEmpty else { return nil }
    precondition(page.count <= sampleLimit, "BUG: \(page.count) changes in one page of one flush")
    var buffer = ByteBuffer(capacity: 64 + page.count * 4)
    buffer.putByte(formatVersion)
    page.withResolved { keys, times, values in
      let kinds = [ChangeKind.replace, .observe].filter { kind in TailSegment.isPresent(kind, in: keys) }
      buffer.putVarint(UInt64(kinds.count))
      for kind in kinds {
        TailSegment.encode(kind, keys: keys, times: times, values: values, isOnly: kinds.count == 1, into: &buffer)
      }
    }
    return buffer.bytes
  }

  /// Appends the changes in a row to a page: rows of one page go in by rising sequence, then the page resolves them.
  /// `slots` chooses series; nil takes all. Damaged bytes throw, never trap, and may leave a part of the row in `page`.
  package static func decode(
    _ bytes: UnsafeRawBufferPointer, slots: SlotSet? = nil, into page: inout PageChanges
  ) throws(ReadModelError) {
    do throws(ColumnError) {
      var reader = ByteReader(bytes)
      let version = try reader.byte()
      guard version == formatVersion else { throw ColumnError.malformed("a tail row of format \(version)", at: 0) }
      let segments = try reader.count(limit: 2, of: "segments")
      var kindBefore: UInt8 = 0
      for _ in 0..<segments {
        let kind = try TailSegment.decode(&reader, slots: slots, into: &page)
        guard kind.rawValue > kindBefore else { throw ColumnError.malformed("a repeated segment", at: reader.position) }
        kindBefore = kind.rawValue
      }
      guard reader.isAtEnd else { throw ColumnError.malformed("bytes after the last segment", at: reader.position) }
    } catch {
      throw .damaged(what: "a row of the tail", error)
    }
  }

  /// The same for bytes in an array.
  package static func decode(
    _ bytes: [UInt8], slots: SlotSet? = nil, into page: inout PageChanges
  ) throws(ReadModelError) {
    let failure: ReadModelError? = bytes.withUnsafeBytes { raw in
      do throws(ReadModelError) {
        try decode(raw, slots: slots, into: &page)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }
}
