/// The values of `$1`, `$2` … of one execution, in Postgres' binary formats, built in order in one buffer.
///
/// Each method adds the next parameter; nil is a typed NULL. The declared type goes to the server, so the statement sees
/// exactly that type: `int64` is `bigint`, `int32` `integer`, `int16` `smallint`, `double` `double precision`.
package struct PostgresParameters: Sendable {
  var bytes = PostgresBytes()
  /// Per parameter: where its bytes end in `bytes`; they begin where the one before ended. -1 - end for NULL.
  private var ends: [Int] = []
  private(set) var types: [UInt32] = []

  package init() {}

  package static let none = PostgresParameters()

  package var count: Int { types.count }

  /// Empties it for the next execution and keeps its memory.
  package mutating func removeAll() {
    bytes.removeAll()
    ends.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
  }

  /// A NULL whose type the server infers.
  package mutating func null() { addNull(PostgresType.unknown) }

  package mutating func bool(_ value: Bool?) {
    guard let value else { return addNull(PostgresType.bool) }
    bytes.put(value ? 1 as UInt8 : 0)
    close(PostgresType.bool)
  }

  package mutating func int16(_ value: Int16?) {
    guard let value else { return addNull(PostgresType.int16) }
    bytes.put(value)
    close(PostgresType.int16)
  }

  package mutating func int32(_ value: Int32?) {
    guard let value else { return addNull(PostgresType.int32) }
    bytes.put(value)
    close(PostgresType.int32)
  }

  package mutating func int64(_ value: Int64?) {
    guard let value else { return addNull(PostgresType.int64) }
    bytes.put(value)
    close(PostgresType.int64)
  }

  package mutating func double(_ value: Double?) {
    guard let value else { return addNull(PostgresType.double) }
    bytes.put(value.bitPattern)
    close(PostgresType.double)
  }

  package mutating func text(_ value: String?) {
    guard let value else { return addNull(PostgresType.text) }
    bytes.put(value)
    close(PostgresType.text)
  }

  package mutating func bytes(_ value: [UInt8]?) {
    guard let value else { return addNull(PostgresType.bytea) }
    bytes.put(value)
    close(PostgresType.bytea)
  }

  package mutating func bytes(_ value: UnsafeRawBufferPointer) {
    bytes.put(value)
    close(PostgresType.bytea)
  }

  /// A `uuid` as its two big-endian halves.
  package mutating func uuid(_ high: UInt64, _ low: UInt64) {
    bytes.put(high)
    bytes.put(low)
    close(PostgresType.uuid)
  }

  /// Ends the parameter whose bytes were put since the last one.
  mutating func close(_ type: UInt32) {
    ends.append(bytes.count)
    types.append(type)
  }

  private mutating func addNull(_ type: UInt32) {
    ends.append(-1 - bytes.count)
    types.append(type)
  }

  /// What Postgres can take in one value, and nearly all it can take in one message.
  static let valueLimit = (1 << 30) - 1_024

  /// Gives libpq's view of the parameters: pointers (null for NULL), lengths, formats (all binary) and types, each of
  /// `count` entries and valid during `body`.
  /// - Throws: a parameter beyond `valueLimit`, or more than 65,535 of them.
  func withArrays<Result>(
    what: PostgresAction,
    _ body: (
      UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<UInt32>?
    ) -> Result
  ) throws(PostgresError) -> Result {
    let count = types.count
    if count == 0 { return body(nil, nil, nil, nil) }
    // libpq copies them while `body` runs; no earlier release than that.
    defer { withExtendedLifetime(bytes) {} }
    guard count <= 65_535 else {
      throw PostgresError(what, message: "\(count) parameters, and Postgres takes at most 65535")
    }
    guard bytes.count <= Self.valueLimit else {
      throw PostgresError(what, message: "\(bytes.count) bytes of parameters, and the limit is \(Self.valueLimit)")
    }
    return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: count * 2) { numbers in
        let base = bytes.base.assumingMemoryBound(to: CChar.self)
        var start = 0
        for index in 0..<count {
          let end = ends[index]
          let isNull = end < 0
          pointers.initializeElement(at: index, to: isNull ? nil : base + start)
          numbers.initializeElement(at: index, to: isNull ? 0 : Int32(end - start))
          numbers.initializeElement(at: count + index, to: 1)
          start = isNull ? -1 - end : end
        }
        let lengths = UnsafePointer(numbers.baseAddress)
        return types.withUnsafeBufferPointer { types in
          body(UnsafePointer(pointers.baseAddress), lengths, lengths.map { $0 + count }, types.baseAddress)
        }
      }
    }
  }
}
