import ColumnCodec
import Commands
import Events
import Hashing
import JSON

/// Takes the samples of one body in, one by one, and keeps the good and the bad apart.
struct SampleReader: ~Copyable {
  private let precision: SamplePrecision
  private let serverTime: Int64
  private var batch: SampleBatch
  private var series: BatchSeries
  private var labels: [SeriesKey.RawLabel] = []
  private var canonical = ByteBuffer()
  private var faults: [(index: Int, fault: SampleFault)] = []
  private var faultsTotal = 0
  private var roundedIntegers = 0
  /// How many samples were read: the index of the next one.
  private(set) var index = 0

  init(resolver: any SeriesResolver, precision: SamplePrecision, serverTime: Int64) {
    self.precision = precision
    self.serverTime = serverTime
    batch = SampleBatch(shards: resolver.shards)
    series = BatchSeries(resolver: resolver)
  }

  mutating func read(_ value: JSONValue) throws(SamplesBodyError) {
    do throws(SampleFault) {
      try add(value)
    } catch {
      faultsTotal += 1
      if faults.count < SamplesParser.faultsLimit { faults.append((index, error)) }
    }
    index += 1
    guard series.newSeries.count <= SamplesParser.newSeriesLimit else { throw .tooManyNewSeries }
  }

  consuming func finish() throws(SamplesBodyError) -> SamplesOutcome {
    guard index > 0 else { throw .noSamples }
    guard faultsTotal == 0 else { throw .badSamples(faults, total: faultsTotal) }
    batch.newSeries = series.newSeries
    return SamplesOutcome(batch: batch, accepted: index, roundedIntegers: roundedIntegers)
  }

  private struct Members {
    var name: JSONValue?
    var value: JSONValue?
    var timestamp: JSONValue?
    var labels: JSONValue?
  }

  private mutating func add(_ sample: JSONValue) throws(SampleFault) {
    let members = try Self.members(sample)
    let value = try number(members.value)
    let time = try time(members.timestamp)
    let place = try reference(members.name, members.labels)
    guard faultsTotal == 0 else { return }
    batch.shards[place.shard].append(series: place.series, time: time, value: value)
  }

  private static func members(_ sample: JSONValue) throws(SampleFault) -> Members {
    guard let all = sample.members else { throw .notAnObject }
    var members = Members()
    for member in all {
      if member.isNamed("name") {
        try set(&members.name, member)
      } else if member.isNamed("value") {
        try set(&members.value, member)
      } else if member.isNamed("timestamp") {
        try set(&members.timestamp, member)
      } else if member.isNamed("labels") {
        try set(&members.labels, member)
      } else {
        throw .memberUnknown(text(member))
      }
    }
    return members
  }

  private static func set(_ place: inout JSONValue?, _ member: JSONMember) throws(SampleFault) {
    guard place == nil else { throw .memberDuplicate(text(member)) }
    place = member.value
  }

  private static func text(_ member: JSONMember) -> String { String(decoding: member.name, as: UTF8.self) }

  private mutating func number(_ value: JSONValue?) throws(SampleFault) -> Double {
    guard let value else { throw .valueMissing }
    guard let number = value.double else {
      throw OversizedNumber.isReplacement(value) ? .valueOutOfRange : .valueNotANumber
    }
    if value.kind == .integer, !Self.isExact(value, number) { roundedIntegers += 1 }
    return number
  }

  private static func isExact(_ value: JSONValue, _ number: Double) -> Bool {
    if let integer = value.int64 { return Int64(exactly: number) == integer }
    return UInt64(exactly: number) == value.uint64
  }

  private func time(_ value: JSONValue?) throws(SampleFault) -> Int64 {
    guard let value else { return serverTime }
    if let text = value.utf8 { return try SampleTimestamp.parse(text: UnsafeRawBufferPointer(text)) }
    if let integer = value.int64 { return try SampleTimestamp.convert(integer: integer, precision) }
    if value.kind == .integer || OversizedNumber.isReplacement(value) { throw .timestampOutOfRange }
    guard let number = value.double else { throw .timestampNotATime }
    return try SampleTimestamp.convert(number: number, precision)
  }

  private mutating func reference(
    _ name: JSONValue?, _ labels: JSONValue?
  ) throws(SampleFault) -> (shard: Int, series: Int64) {
    guard let name else { throw .nameMissing }
    guard let text = name.utf8 else { throw .nameNotText }
    try collect(labels)
    canonical.removeAll()
    SeriesKey.canonicalBytes(name: UnsafeRawBufferPointer(text), labels: &self.labels, into: &canonical)
    let bytes = canonical.bytes
    let fingerprint = XXH3.hash128(bytes)
    do throws(SeriesKeyError) {
      return try series.reference(fingerprint) { () throws(SeriesKeyError) in try SeriesKey(canonical: bytes) }
    } catch {
      throw SampleFault(error)
    }
  }

  private mutating func collect(_ value: JSONValue?) throws(SampleFault) {
    labels.removeAll(keepingCapacity: true)
    guard let value else { return }
    guard let members = value.members else { throw .labelsNotAnObject }
    for member in members {
      guard let text = member.value.utf8 else { throw .labelNotText(Self.text(member)) }
      labels.append(
        SeriesKey.RawLabel(
          key: UnsafeRawBufferPointer(member.name), value: UnsafeRawBufferPointer(text)))
    }
  }
}
