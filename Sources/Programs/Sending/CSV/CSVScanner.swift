/// Records of RFC 4180: fields apart by a delimiter, in double quotes where they hold delimiters, quotes (doubled) or line
/// breaks. Lines end with LF or CR LF. A quote inside an unquoted field is a character like any other, and so is what
/// stands between a closing quote and the delimiter: such a field keeps its quotes.
///
/// Over unsafe pointers and reused from batch to batch, because this loop and `CSVEncoder` decide how much a core sends.
struct CSVScanner: ~Copyable {
  struct Field {
    var start: UnsafePointer<UInt8>
    var end: UnsafePointer<UInt8>
    /// Between quotes there are doubled ones.
    var hasEscapes: Bool
  }

  private let delimiter: UInt8
  private(set) var fields: UnsafeMutablePointer<Field>
  private(set) var fieldCount = 0
  /// The record has a quoted field, so it may span lines.
  private(set) var hasQuotes = false
  private var capacity = 32

  init(delimiter: UInt8) {
    self.delimiter = delimiter
    fields = .allocate(capacity: capacity)
  }

  deinit { fields.deallocate() }

  /// Takes the record that starts at `start` apart; returns where the next one starts, or nil where the record has no end
  /// before `end`. `isLast`: `end` is the end of the input and ends a record, too, unless a quote is open.
  mutating func scan(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, isLast: Bool
  ) -> UnsafePointer<UInt8>? {
    fieldCount = 0
    hasQuotes = false
    var place = start
    while true {
      if fieldCount == capacity { grow() }
      let field = fields + fieldCount
      fieldCount &+= 1
      field.pointee.start = place
      field.pointee.hasEscapes = false
      if place < end, place.pointee == 0x22 {
        hasQuotes = true
        guard scanQuoted(&place, end, field) else { return nil }
      } else {
        while place < end, place.pointee != delimiter, place.pointee != 0x0A { place += 1 }
        field.pointee.end = place
      }
      guard place < end else { return isLast ? finish(end, end) : nil }
      if place.pointee == 0x0A { return finish(place, place + 1) }
      place += 1
    }
  }

  /// Cuts the CR of a CR LF from an unquoted last field.
  private mutating func finish(_ newline: UnsafePointer<UInt8>, _ next: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    let last = fields + (fieldCount - 1)
    if last.pointee.end == newline, newline > last.pointee.start, newline[-1] == 0x0D { last.pointee.end = newline - 1 }
    return next
  }

  /// From an opening quote to the delimiter, line break or `end` behind the field. False: the quote is still open.
  @inline(never)
  private func scanQuoted(
    _ place: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ field: UnsafeMutablePointer<Field>
  ) -> Bool {
    let opening = place
    place += 1
    while true {
      while place < end, place.pointee != 0x22 { place += 1 }
      guard place < end else { return false }
      guard place + 1 < end, place[1] == 0x22 else { break }
      field.pointee.hasEscapes = true
      place += 2
    }
    field.pointee.start = opening + 1
    field.pointee.end = place
    place += 1
    if place < end, place.pointee == 0x0D, place + 1 == end || place[1] == 0x0A {
      place += 1
      return true
    }
    guard place < end, place.pointee != delimiter, place.pointee != 0x0A else { return true }
    while place < end, place.pointee != delimiter, place.pointee != 0x0A { place += 1 }
    field.pointee.start = opening
    field.pointee.end = place
    field.pointee.hasEscapes = false
    return true
  }

  private mutating func grow() {
    let moved = UnsafeMutablePointer<Field>.allocate(capacity: capacity * 2)
    moved.update(from: fields, count: capacity)
    fields.deallocate()
    fields = moved
    capacity *= 2
  }
}
