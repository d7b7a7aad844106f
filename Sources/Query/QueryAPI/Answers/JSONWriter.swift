import Events
package import Queries
import Runtime

/// Builds one JSON answer in one buffer, up to a limit. Numbers that JSON cannot say are written as the query API says
/// them: NaN as `null`, infinities as `"+Inf"` and `"-Inf"`.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private let limit: Int

  package init(limit: Int = .max) {
    self.limit = limit
  }

  /// JSON's own characters, and anything that needs no escaping.
  package mutating func raw(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  package mutating func string(_ text: String) {
    JSONText.append(text, to: &bytes)
  }

  /// Nil as `null`.
  package mutating func text(_ text: String?) {
    if let text { string(text) } else { raw("null") }
  }

  /// `"key":`
  package mutating func key(_ text: String) {
    string(text)
    bytes.append(0x3A)
  }

  /// `"key":` before the first, `,"key":` before others.
  package mutating func key(_ text: String, isFirst: Bool) {
    if !isFirst { bytes.append(0x2C) }
    key(text)
  }

  package mutating func integer(_ value: Int64) {
    NumberText.append(value, to: &bytes)
  }

  /// The shortest text that reads back as the same Float64.
  package mutating func number(_ value: Double) {
    guard value.isFinite else {
      if value.isNaN { raw("null") } else if value < 0 { raw("\"-Inf\"") } else { raw("\"+Inf\"") }
      return
    }
    NumberText.append(finite: value, to: &bytes)
  }

  /// Nanoseconds since 1970 as the precision says them; nil as `null`.
  package mutating func time(_ nanoseconds: Int64?, _ precision: TimePrecision) {
    guard let nanoseconds else { return raw("null") }
    if precision.isText { bytes.append(0x22) }
    precision.append(nanoseconds, to: &bytes)
    if precision.isText { bytes.append(0x22) }
  }

  /// `{"key":"value"}`
  package mutating func labels(_ labels: SeriesLabels) {
    raw("{")
    for (index, label) in labels.labels.enumerated() {
      key(label.key, isFirst: index == 0)
      string(label.value)
    }
    raw("}")
  }

  /// `,"next":"cursor"`, with null on the last page; nothing where there are no pages.
  package mutating func next(_ page: NextPage) {
    switch page {
    case .notPaged: return
    case .last: raw(",\"next\":null")
    case .more(let cursor):
      raw(",\"next\":")
      string(cursor.description)
    }
  }

  /// `[a,b]` of what `write` writes for each element.
  package mutating func array<Elements: Collection>(
    _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
  ) {
    raw("[")
    var isFirst = true
    for element in elements {
      if !isFirst { bytes.append(0x2C) }
      isFirst = false
      write(&self, element)
    }
    raw("]")
  }

  /// To be asked now and then while a long answer is written.
  package func checkLimit() throws(QueryError) {
    guard bytes.count <= limit else { throw .answerTooLarge(limit) }
  }
}
