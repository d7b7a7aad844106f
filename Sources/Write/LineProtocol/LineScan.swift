import Commands
import Events
import Hashing

/// The scanner: walks one body line by line and appends samples to the columns of their shards.
///
/// A struct that is moved along, over unsafe pointers, because this loop decides how much a core can take: checks for
/// exclusive access, reference counts and arrays' copies stay out of it. Per line a comparison with the head that came
/// next when the table learnt them, else one hash and one lookup; per field a comparison with the name that stood there
/// last time and one number. `LineProtocolBenchmark` in the tests
/// measures it.
///
/// A newline ends a line wherever it stands: the grammar has none within a value.
///
/// A line's samples are staged and go to the columns only once the whole line is good.
struct LineScan: ~Copyable {
  var sinks: SampleSinks
  var outcome: LineOutcome
  var series: BatchSeries?
  /// What this body taught: heads and fields that the shared table lacks, with references to new series among them.
  var local = HeadTable()
  /// There is a committed series in `local`.
  var learntSomething = false
  var tooManyNewSeries = false
  var resolution = HeadResolution()

  var staged: UnsafeMutablePointer<StagedField>
  var stagedCount = 0
  private var stagedCapacity = 64
  private let powers = LineNumber.powersOfTen

  /// The head that the next line will have if the body has heads in the order in which they were learnt.
  private var expectedHead: UnsafePointer<HeadEntry>?

  private var unit: Int64 = 1
  private var serverTime: Int64 = 0
  private(set) var lineNumber = 0

  /// How many names of an entry are compared with a field's before it is looked up by its fingerprint.
  static let searchLimit = 64

  init(shards: Int) {
    sinks = SampleSinks(shards: shards)
    outcome = LineOutcome(shards: shards)
    staged = .allocate(capacity: stagedCapacity)
  }

  deinit { staged.deallocate() }

  mutating func run(
    _ body: UnsafeRawBufferPointer, table: borrowing HeadTable, resolver: any SeriesResolver,
    precision: LinePrecision, serverTime: Int64
  ) -> Result<LineOutcome, LineBodyError> {
    outcome = LineOutcome(shards: sinks.shards)
    series = BatchSeries(resolver: resolver)
    unit = precision.unit
    self.serverTime = serverTime
    lineNumber = 0
    // The table may be another one than last time.
    expectedHead = nil
    scanLines(body, table)
    guard !tooManyNewSeries else { return .failure(.tooManyNewSeries) }
    sinks.drain(into: &outcome.batch)
    outcome.batch.newSeries = series?.newSeries ?? []
    return .success(outcome)
  }

  /// Back to the state after `init`; scratch memory of usual size is kept.
  mutating func forget() {
    sinks.removeAll()
    local.removeAll()
    series = nil
    outcome = LineOutcome(shards: sinks.shards)
    learntSomething = false
    tooManyNewSeries = false
    resolution = HeadResolution()
    if stagedCapacity > 4_096 { resizeStaged(64) }
  }

  private mutating func scanLines(_ body: UnsafeRawBufferPointer, _ table: borrowing HeadTable) {
    guard let base = body.baseAddress, !body.isEmpty else { return }
    let end = UnsafePointer(base.assumingMemoryBound(to: UInt8.self)) + body.count
    var start = end - body.count
    while start < end, !tooManyNewSeries {
      let newline = RawText.find(0x0A, start, end) ?? end
      lineNumber &+= 1
      scanLine(start, newline, table)
      start = newline < end ? newline + 1 : end
    }
  }

  @inline(__always)
  private mutating func scanLine(
    _ first: UnsafePointer<UInt8>, _ newline: UnsafePointer<UInt8>, _ table: borrowing HeadTable
  ) {
    var start = first
    while start < newline, start.pointee == 0x20 || start.pointee == 0x09 { start += 1 }
    let end = newline > start && newline[-1] == 0x0D ? newline - 1 : newline
    guard start < end, start.pointee != 0x23 else { return }
    outcome.lines &+= 1
    if let fault = scanPoint(start, end, table) { reject(fault, start, end) }
  }

  /// One line that holds data; nil when its samples are in the columns.
  @inline(__always)
  private mutating func scanPoint(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ table: borrowing HeadTable
  ) -> LineFault? {
    stagedCount = 0
    let head: UnsafeRawBufferPointer
    let entry: UnsafePointer<HeadEntry>?
    if let expected = expectedHead, Self.stands(expected, start, end) {
      head = UnsafeRawBufferPointer(start: start, count: Int(expected.pointee.headCount))
      entry = expected
    } else {
      guard let headEnd = RawText.findUnescaped(0x20, start, end) else { return faultWithoutFields(start, end) }
      head = UnsafeRawBufferPointer(start: start, count: headEnd - start)
      entry = table.find(HeadTable.hash(head), start, head.count)
    }
    expectedHead = entry.flatMap { table.successor(of: $0) }

    var place = start + head.count
    skipSpaces(&place, end)
    let textsBefore = outcome.skippedTexts
    let roundedBefore = outcome.roundedIntegers
    var unresolved = entry == nil
    var time = serverTime
    var fault = scanFields(&place, end, entry, &unresolved)
    if fault == nil { fault = scanTime(&place, end, &time) }
    if fault == nil, unresolved { fault = resolve(head, HeadTable.hash(head), entry, start, end) }
    if let fault {
      outcome.skippedTexts = textsBefore
      outcome.roundedIntegers = roundedBefore
      return fault
    }
    var index = 0
    while index < stagedCount {
      let field = staged + index
      sinks.append(
        shard: Int(field.pointee.shard), series: field.pointee.series, time: time, value: field.pointee.value)
      index &+= 1
    }
    outcome.accepted &+= stagedCount
    return nil
  }

  /// Whether the line from `start` has the entry's head: its bytes and a space behind them.
  @inline(__always)
  private static func stands(
    _ entry: UnsafePointer<HeadEntry>, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> Bool {
    let count = Int(entry.pointee.headCount)
    return end - start > count && start[count] == 0x20 && RawText.equal(entry.head, start, count)
  }

  /// `name=value[,name=value]*`, staged; `place` ends behind it.
  @inline(__always)
  private mutating func scanFields(
    _ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ entry: UnsafePointer<HeadEntry>?,
    _ unresolved: inout Bool
  ) -> LineFault? {
    guard place < end else { return .missingFields }
    var at = place
    var expected = 0
    let fieldCount = entry.map { Int($0.pointee.fieldCount) } ?? 0
    while true {
      if stagedCount == stagedCapacity { resizeStaged(stagedCapacity * 2) }
      let field = staged + stagedCount
      if let entry, expected < fieldCount, let nameCount = matches(entry, expected, at, end) {
        let known = entry.fields[expected]
        field.pointee.series = known.series
        field.pointee.shard = known.shard
        field.pointee.name = UnsafeRawPointer(at)
        field.pointee.nameCount = nameCount &- 1
        at += nameCount
        expected &+= 1
      } else if let fault = scanName(&at, end, entry, &expected, &unresolved) {
        return fault
      }
      guard at < end else { return .missingFieldValue }
      let digit = at.pointee
      if digit &- 0x30 <= 9 || digit == 0x2D || digit == 0x2E {
        switch LineNumber.scan(&at, end, powers, &field.pointee.value) {
        case .exact: stagedCount &+= 1
        case .rounded:
          stagedCount &+= 1
          outcome.roundedIntegers &+= 1
        case .malformed: return .invalidNumber
        case .tooLarge: return .numberOutOfRange
        case .integerTooLarge: return .integerOutOfRange
        }
        if at < end, at.pointee != 0x2C, at.pointee != 0x20 { return .invalidNumber }
      } else if let fault = scanOther(&at, end) {
        return fault
      }
      guard at < end, at.pointee == 0x2C else { break }
      at += 1
    }
    place = at
    return nil
  }

  /// The bytes of the name with its `=`, when that stands at `at`.
  @inline(__always)
  private func matches(
    _ entry: UnsafePointer<HeadEntry>, _ index: Int, _ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> Int? {
    let shape = entry.pointee.shape
    let name = shape.names[index]
    let count = Int(name.count)
    return end - at >= count && RawText.equal(shape.block + Int(name.offset), at, count) ? count : nil
  }

  /// A name that does not stand where it stood last time: looks for it among the others of the entry. Stages the field,
  /// leaves `at` behind its `=` and `expected` at what probably comes next.
  @inline(never)
  private mutating func scanName(
    _ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ entry: UnsafePointer<HeadEntry>?,
    _ expected: inout Int, _ unresolved: inout Bool
  ) -> LineFault? {
    var equals = at
    while equals < end {
      let byte = equals.pointee
      let isEscaped = equals > at && equals[-1] == 0x5C
      if byte == 0x3D, !isEscaped { break }
      if byte == 0x2C || byte == 0x20, !isEscaped {
        return equals == at ? .missingFieldKey : .missingFieldValue
      }
      equals += 1
    }
    guard equals < end else { return equals == at ? .missingFieldKey : .missingFieldValue }
    guard equals > at else { return .missingFieldKey }
    let nameCount = equals - at
    staged[stagedCount] = StagedField(
      series: StagedField.unresolved, shard: 0, name: UnsafeRawPointer(at), nameCount: nameCount, value: 0)
    if let index = Self.search(entry, at, nameCount, from: expected), let field = entry?.fields[index] {
      staged[stagedCount].series = field.series
      staged[stagedCount].shard = field.shard
      expected = index + 1
    } else {
      unresolved = true
    }
    at = equals + 1
    return nil
  }

  /// Where `name` stands in the entry, looking at no more than `searchLimit` names, round from `from`.
  static func search(
    _ entry: UnsafePointer<HeadEntry>?, _ name: UnsafeRawPointer, _ nameCount: Int, from: Int
  ) -> Int? {
    guard let entry else { return nil }
    let shape = entry.pointee.shape
    let count = Int(entry.pointee.fieldCount)
    var index = from < count ? from : 0
    for _ in 0..<min(count, searchLimit) {
      let known = shape.names[index]
      if Int(known.count) == nameCount + 1, RawText.equal(shape.block + Int(known.offset), name, nameCount) {
        return index
      }
      index = index + 1 < count ? index + 1 : 0
    }
    return nil
  }

  /// A value that is no number: a boolean, or a text, which is skipped.
  @inline(never)
  private mutating func scanOther(_ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> LineFault? {
    switch at.pointee {
    case 0x22:
      guard LineWord.skipText(&at, end) else { return .unbalancedQuotes }
      outcome.skippedTexts &+= 1
      guard at == end || at.pointee == 0x2C || at.pointee == 0x20 else { return .invalidNumber }
      return nil
    case 0x2C, 0x20:
      return .missingFieldValue
    default:
      var wordEnd = at
      while wordEnd < end, wordEnd.pointee != 0x2C, wordEnd.pointee != 0x20 { wordEnd += 1 }
      let word = UnsafeBufferPointer(start: at, count: wordEnd - at)
      guard let value = LineWord.boolean(word) else { return LineWord.faultOfUnknown(word) }
      staged[stagedCount].value = value ? 1 : 0
      stagedCount &+= 1
      at = wordEnd
      return nil
    }
  }

  /// `[SP timestamp] [SP]*` up to the line's end. Without one, `time` stays as it is.
  @inline(__always)
  private func scanTime(
    _ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ time: inout Int64
  ) -> LineFault? {
    skipSpaces(&place, end)
    guard place < end else { return nil }
    var at = place
    let negative = at.pointee == 0x2D
    if negative { at += 1 }
    let digits = at
    var magnitude: UInt64 = 0
    while at < end {
      let digit = at.pointee &- 0x30
      guard digit <= 9 else { break }
      magnitude = magnitude &* 10 &+ UInt64(digit)
      at += 1
    }
    let count = at - digits
    guard count > 0, at == end || at.pointee == 0x20 else { return .badTimestamp }
    // 19 digits fit in 64 bits; more are leading zeros or nonsense.
    guard count <= 19, magnitude <= UInt64(Int64.max) else { return .timeOutOfRange }
    let amount = negative ? -Int64(magnitude) : Int64(magnitude)
    let (scaled, overflow) = amount.multipliedReportingOverflow(by: unit)
    guard !overflow, SampleTime.isAccepted(scaled) else { return .timeOutOfRange }
    skipSpaces(&at, end)
    guard at == end else { return .trailingText }
    time = scaled
    return nil
  }

  @inline(__always)
  private func skipSpaces(_ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    while at < end, at.pointee == 0x20 { at += 1 }
  }

  /// A line without a free space has a head only: says what is wrong with the head, else that fields are missing.
  @inline(never)
  private mutating func faultWithoutFields(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> LineFault {
    do throws(LineFault) {
      try resolution.split(UnsafeRawBufferPointer(start: start, count: end - start))
      return .missingFields
    } catch {
      return error
    }
  }

  private mutating func reject(_ fault: LineFault, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    outcome.rejectedLines &+= 1
    note(fault, start, end)
  }

  /// Records a refusal without counting the line.
  mutating func note(_ fault: LineFault, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    outcome.reject(fault, line: lineNumber, excerpt: LineWord.excerpt(start, end))
  }

  @inline(never)
  private mutating func resizeStaged(_ capacity: Int) {
    let moved = UnsafeMutablePointer<StagedField>.allocate(capacity: capacity)
    moved.initialize(from: staged, count: min(stagedCount, capacity))
    staged.deallocate()
    staged = moved
    stagedCapacity = capacity
  }
}
