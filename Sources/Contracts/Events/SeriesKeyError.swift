/// Why a name or its labels are refused. Final (reject); its text may hold a label's name, never a value, and is meant to
/// be shown to the client.
package enum SeriesKeyError: Error, Hashable, Sendable, CustomStringConvertible {
  case nameEmpty
  case nameTooLong
  case nameNotUTF8
  case nameControlCharacter
  case tooManyLabels
  case labelNameEmpty
  case labelNameTooLong
  case labelNameNotUTF8
  case labelNameControlCharacter
  case labelDuplicate(String)
  case labelValueTooLong(String)
  case labelValueNotUTF8(String)
  case labelValueNUL(String)
  /// Canonical bytes that are none: not from a client.
  case notCanonical

  /// A stable word for programs.
  package var code: String {
    switch self {
    case .nameEmpty: "name-empty"
    case .nameTooLong: "name-too-long"
    case .nameNotUTF8: "name-not-utf8"
    case .nameControlCharacter: "name-control-character"
    case .tooManyLabels: "too-many-labels"
    case .labelNameEmpty: "label-name-empty"
    case .labelNameTooLong: "label-name-too-long"
    case .labelNameNotUTF8: "label-name-not-utf8"
    case .labelNameControlCharacter: "label-name-control-character"
    case .labelDuplicate: "label-duplicate"
    case .labelValueTooLong: "label-value-too-long"
    case .labelValueNotUTF8: "label-value-not-utf8"
    case .labelValueNUL: "label-value-nul"
    case .notCanonical: "series-not-canonical"
    }
  }

  package var description: String {
    switch self {
    case .nameEmpty: "cannot accept metric: its name is empty"
    case .nameTooLong: "cannot accept metric: its name has more than \(SeriesKey.nameLimit) characters"
    case .nameNotUTF8: "cannot accept metric: its name is not UTF-8"
    case .nameControlCharacter: "cannot accept metric: its name has a control character"
    case .tooManyLabels: "cannot accept series: it has more than \(SeriesKey.labelsLimit) labels"
    case .labelNameEmpty: "cannot accept label: its name is empty"
    case .labelNameTooLong: "cannot accept label: its name has more than \(SeriesKey.nameLimit) characters"
    case .labelNameNotUTF8: "cannot accept label: its name is not UTF-8"
    case .labelNameControlCharacter: "cannot accept label: its name has a control character"
    case .labelDuplicate(let key): "cannot accept label \"\(key)\": the series has it twice"
    case .labelValueTooLong(let key):
      "cannot accept label \"\(key)\": its value has more than \(SeriesKey.valueLimit) bytes"
    case .labelValueNotUTF8(let key): "cannot accept label \"\(key)\": its value is not UTF-8"
    case .labelValueNUL(let key): "cannot accept label \"\(key)\": its value has a NUL character"
    case .notCanonical: "cannot read series: its canonical bytes are damaged"
    }
  }
}
