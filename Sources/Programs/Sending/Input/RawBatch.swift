/// Whole records of the input.
package struct RawBatch: Sendable {
  /// 0, 1, 2 … within this run.
  let number: Int
  /// Where it begins in the input (after gzip), in bytes.
  let offset: Int
  /// The line of its first record, from 1.
  let firstLine: Int
  let bytes: [UInt8]
  /// Where the next one begins.
  let nextLine: Int
  /// How far into the file as it lies on disk this is.
  let rawEnd: Int

  /// All but the bytes.
  var place: Place { Place(number: number, end: offset + bytes.count, nextLine: nextLine, rawEnd: rawEnd) }

  package struct Place: Sendable {
    package let number: Int
    package let end: Int
    package let nextLine: Int
    package let rawEnd: Int

    package init(number: Int, end: Int, nextLine: Int, rawEnd: Int) {
      self.number = number
      self.end = end
      self.nextLine = nextLine
      self.rawEnd = rawEnd
    }
  }
}
