/// Whole records of the input.
struct RawBatch: Sendable {
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

  struct Place: Sendable {
    let number: Int
    let end: Int
    let nextLine: Int
    let rawEnd: Int
  }
}
