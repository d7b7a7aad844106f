package import Queries

/// Builds one CSV answer (RFC 4180) in one buffer, up to a limit: a header row, lines that end with CR LF, quotes around
/// texts that need them. Texts are not changed otherwise, so a program reads back what was recorded; that a spreadsheet
/// may take a text beginning with `=` for a formula is for whoever opens the file in one.
package struct CSVWriter {
  package private(set) var bytes: [UInt8] = []
  private let limit: Int
  /// The next cell is the first of its row.
  private var isRowEmpty = true

  package init(limit: Int = .max) {
    self.limit = limit
  }

  /// Begins a row with cells that many rows begin with, as `leading` gives them. At least one cell must follow.
  package mutating func begin(_ leading: [UInt8]) {
    bytes.append(contentsOf: leading)
  }

  package mutating func text(_ text: String) {
    separate()
    Self.append(text, to: &bytes)
  }

  /// Nothing: what nobody has said.
  package mutating func text(_ text: String?) {
    if let text { self.text(text) } else { separate() }
  }

  package mutating func integer(_ value: Int64) {
    separate()
    NumberText.append(value, to: &bytes)
  }

  /// Nil as an empty cell.
  package mutating func time(_ nanoseconds: Int64?, _ precision: TimePrecision) {
    separate()
    if let nanoseconds { precision.append(nanoseconds, to: &bytes) }
  }

  /// A sample's value: `NaN`, `+Inf` and `-Inf` by these names, so that it reads back as what was recorded.
  package mutating func sample(_ value: Double) {
    if value.isNaN {
      separate()
      bytes.append(contentsOf: "NaN".utf8)
    } else {
      point(value)
    }
  }

  /// A bucket's number; NaN, which stands for a bucket without one, as an empty cell.
  package mutating func point(_ value: Double) {
    separate()
    if value.isFinite {
      NumberText.append(finite: value, to: &bytes)
    } else if !value.isNaN {
      bytes.append(contentsOf: value < 0 ? "-Inf".utf8 : "+Inf".utf8)
    }
  }

  /// A row of texts.
  package mutating func row(_ texts: [String]) throws(QueryError) {
    for text in texts { self.text(text) }
    try endRow()
  }

  package mutating func endRow() throws(QueryError) {
    bytes.append(0x0D)
    bytes.append(0x0A)
    isRowEmpty = true
    guard bytes.count <= limit else { throw .answerTooLarge(limit) }
  }

  private mutating func separate() {
    if isRowEmpty { isRowEmpty = false } else { bytes.append(0x2C) }
  }

  /// The first cells of rows, each with the comma behind it.
  package static func leading(_ texts: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for text in texts {
      append(text, to: &bytes)
      bytes.append(0x2C)
    }
    return bytes
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0D || $0 == 0x0A }) else {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }
}
