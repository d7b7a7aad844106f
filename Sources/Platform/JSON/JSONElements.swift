/// The elements of an array. Valid as long as the document.
package struct JSONElements: Sequence, IteratorProtocol {
  let tape: UnsafePointer<UInt64>
  let strings: UnsafePointer<UInt8>
  var index: Int

  package mutating func next() -> JSONValue? {
    let value = JSONValue(tape: tape, strings: strings, index: index)
    guard value.mark != JSONValue.Mark.arrayEnd else { return nil }
    index = value.end
    return value
  }
}
