import Commands
import Events
import Hashing

// The slow way, for lines with a series that the shared table does not know.
extension LineScan {
  /// The most fields of a head that are remembered; a line with more has the others looked up each time.
  private static let rememberedFieldsLimit = 256
  /// What one body may teach. Past it the local table starts anew: only time is lost.
  private static let localByteLimit = 32 << 20

  /// Gives every staged field its series. On a fault nothing has been registered.
  @inline(never)
  mutating func resolve(
    _ head: UnsafeRawBufferPointer, _ hash: UInt64, _ entry: UnsafePointer<HeadEntry>?,
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> LineFault? {
    var localEntry: UnsafePointer<HeadEntry>?
    if let base = head.baseAddress { localEntry = local.find(hash, base, head.count) }
    if resolve(from: localEntry) { return nil }
    do throws(LineFault) {
      try resolution.split(head)
      try resolveUnknown(start, end)
    } catch {
      return error
    }
    remember(head, hash, localEntry ?? entry)
    return nil
  }

  /// True when that was enough.
  private mutating func resolve(from entry: UnsafePointer<HeadEntry>?) -> Bool {
    guard entry != nil else { return false }
    var expected = 0
    var complete = true
    for index in 0..<stagedCount where staged[index].series == StagedField.unresolved {
      if let found = Self.search(entry, staged[index].name, staged[index].nameCount, from: expected),
        let field = entry?.fields[found]
      {
        staged[index].series = field.series
        staged[index].shard = field.shard
        expected = found + 1
      } else {
        complete = false
      }
    }
    return complete
  }

  private struct Unknown {
    let index: Int
    let canonical: [UInt8]
    let fingerprint: XXH3.Hash128
    /// Nil when the resolver knows it.
    let key: SeriesKey?
  }

  /// First everything that can fail for all fields, then the registrations.
  private mutating func resolveUnknown(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) throws(LineFault) {
    var unknown: [Unknown] = []
    var kept = 0
    var droppedTime = false
    for index in 0..<stagedCount {
      if staged[index].series == StagedField.unresolved {
        let name = UnsafeRawBufferPointer(start: staged[index].name, count: staged[index].nameCount)
        if name.elementsEqual([0x74, 0x69, 0x6D, 0x65]) {
          droppedTime = true
          continue
        }
        unknown.append(try identify(name, at: kept))
      }
      staged[kept] = staged[index]
      kept += 1
    }
    if droppedTime && kept == 0 { throw .timeField }
    stagedCount = kept
    if droppedTime {
      outcome.rejectedLines += 1
      note(.timeField, start, end)
    }
    for field in unknown { try register(field) }
  }

  private mutating func identify(_ name: UnsafeRawBufferPointer, at index: Int) throws(LineFault) -> Unknown {
    let canonical = resolution.canonical(field: name)
    let fingerprint = XXH3.hash128(canonical)
    let isKnown = series?.resolver.lookup(fingerprint) != nil
    return Unknown(
      index: index, canonical: canonical, fingerprint: fingerprint, key: isKnown ? nil : try Self.key(canonical))
  }

  private static func key(_ canonical: [UInt8]) throws(LineFault) -> SeriesKey {
    do throws(SeriesKeyError) {
      return try SeriesKey(canonical: canonical)
    } catch {
      if case .labelDuplicate = error { throw .duplicateTags }
      throw .invalidSeries(code: error.code, text: error.description)
    }
  }

  private mutating func register(_ field: Unknown) throws(LineFault) {
    guard var known = series.take() else { return }
    defer { series = known }
    // The key is made here only when the resolver has forgotten meanwhile what it knew.
    let reference = try known.reference(field.fingerprint) { () throws(LineFault) in
      if let key = field.key { return key }
      return try Self.key(field.canonical)
    }
    if known.newSeries.count > LineParser.newSeriesLimit { tooManyNewSeries = true }
    staged[field.index].shard = Int32(truncatingIfNeeded: reference.shard)
    staged[field.index].series = reference.series
  }

  /// Keeps the line's fields, in its order, and those that the head had before.
  private mutating func remember(
    _ head: UnsafeRawBufferPointer, _ hash: UInt64, _ before: UnsafePointer<HeadEntry>?
  ) {
    guard stagedCount > 0, stagedCount <= Self.rememberedFieldsLimit else { return }
    var fields = Array(UnsafeBufferPointer(start: staged, count: stagedCount))
    if let before {
      let line = fields
      for index in 0..<Int(before.pointee.fieldCount) where fields.count < Self.rememberedFieldsLimit {
        let field = StagedField(before, index)
        if !line.contains(where: { $0.hasName(of: field) }) { fields.append(field) }
      }
    }
    if fields.contains(where: { $0.series >= 0 }) { learntSomething = true }
    // Made before the table is emptied: the names of `before` lie in it.
    let entry = fields.withUnsafeBufferPointer {
      HeadEntry.make(hash: hash, head: head, fields: $0, shape: HeadShape.make($0))
    }
    if local.byteCount > Self.localByteLimit { local.removeAll() }
    local.put(entry)
  }
}

extension StagedField {
  func hasName(of other: StagedField) -> Bool {
    nameCount == other.nameCount && RawText.equal(name, other.name, nameCount)
  }
}
