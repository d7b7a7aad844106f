/// The members of an object in the order written. Valid as long as the document.
package struct JSONMembers: Sequence, IteratorProtocol {
  let tape: UnsafePointer<UInt64>
  let strings: UnsafePointer<UInt8>
  var index: Int

  package mutating func next() -> JSONMember? {
    let word = tape[index]
    guard UInt8(truncatingIfNeeded: word >> 56) == JSONValue.Mark.string else { return nil }
    let value = JSONValue(tape: tape, strings: strings, index: index + 1)
    index = value.end
    return JSONMember(name: JSONValue.text(at: Int(word & 0x00FF_FFFF_FFFF_FFFF), in: strings), value: value)
  }
}
