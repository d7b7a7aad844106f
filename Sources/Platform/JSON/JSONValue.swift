/// A value of a parsed document: an index into simdjson's tape (simdjson, doc/tape.md). Costs nothing to copy.
///
/// Valid as long as the document, see there. Asking for what a value is not gives nil.
package struct JSONValue {
  let tape: UnsafePointer<UInt64>
  let strings: UnsafePointer<UInt8>
  let index: Int

  package var kind: JSONKind {
    switch mark {
    case Mark.object: .object
    case Mark.array: .array
    case Mark.string: .string
    case Mark.signed, Mark.unsigned: .integer
    case Mark.double: .decimal
    case Mark.true, Mark.false: .bool
    default: .null
    }
  }

  package var isNull: Bool { mark == Mark.null }

  package var bool: Bool? {
    switch mark {
    case Mark.true: true
    case Mark.false: false
    default: nil
    }
  }

  /// The UTF-8 bytes of a string, unescaped; may hold NUL.
  package var utf8: UnsafeBufferPointer<UInt8>? {
    mark == Mark.string ? Self.text(at: payload, in: strings) : nil
  }

  package var string: String? { utf8.map { String(decoding: $0, as: UTF8.self) } }

  /// Any number, integers rounded to the nearest Float64.
  package var double: Double? {
    switch mark {
    case Mark.double: Double(bitPattern: tape[index + 1])
    case Mark.signed: Double(Int64(bitPattern: tape[index + 1]))
    case Mark.unsigned: Double(tape[index + 1])
    default: nil
    }
  }

  /// A number written as an integer, if Int64 holds it.
  package var int64: Int64? {
    mark == Mark.signed ? Int64(bitPattern: tape[index + 1]) : nil
  }

  /// A number written as an integer, if UInt64 holds it.
  package var uint64: UInt64? {
    switch mark {
    case Mark.unsigned: tape[index + 1]
    case Mark.signed: UInt64(exactly: Int64(bitPattern: tape[index + 1]))
    default: nil
    }
  }

  /// The members of an object, in the order written, duplicate names too.
  package var members: JSONMembers? {
    mark == Mark.object ? JSONMembers(tape: tape, strings: strings, index: index + 1) : nil
  }

  /// The elements of an array.
  package var elements: JSONElements? {
    mark == Mark.array ? JSONElements(tape: tape, strings: strings, index: index + 1) : nil
  }

  /// The last member of that name; searched from the start each time.
  package subscript(name: String) -> JSONValue? {
    guard let members else { return nil }
    var name = name
    return name.withUTF8 { wanted in
      var found: JSONValue?
      for member in members where member.isNamed(wanted) { found = member.value }
      return found
    }
  }

  // The highest byte of a tape word says what it is, the other 56 bits are its payload.
  enum Mark {
    static let object: UInt8 = 0x7B
    static let objectEnd: UInt8 = 0x7D
    static let array: UInt8 = 0x5B
    static let arrayEnd: UInt8 = 0x5D
    static let string: UInt8 = 0x22
    static let signed: UInt8 = 0x6C
    static let unsigned: UInt8 = 0x75
    static let double: UInt8 = 0x64
    static let `true`: UInt8 = 0x74
    static let `false`: UInt8 = 0x66
    static let null: UInt8 = 0x6E
  }

  var mark: UInt8 { UInt8(truncatingIfNeeded: tape[index] >> 56) }
  private var payload: Int { Int(tape[index] & 0x00FF_FFFF_FFFF_FFFF) }

  /// The index of what follows this value on the tape.
  var end: Int {
    switch mark {
    // The low 32 bits: the index after the closing word.
    case Mark.object, Mark.array: Int(tape[index] & 0xFFFF_FFFF)
    // A number's bits have a word of their own.
    case Mark.signed, Mark.unsigned, Mark.double: index + 2
    default: index + 1
    }
  }

  /// A string lies in the string buffer as a 32-bit length, its bytes and a NUL.
  static func text(at offset: Int, in strings: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let start = strings + offset
    let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
    return UnsafeBufferPointer(start: start + 4, count: Int(UInt32(littleEndian: count)))
  }
}
