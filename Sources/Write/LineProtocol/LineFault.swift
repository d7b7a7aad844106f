import Commands

/// What is wrong with a line. The texts are InfluxDB's where it has one for the case.
enum LineFault: Error, Equatable {
  case missingMeasurement
  case missingTagKey
  case missingTagValue
  case invalidTagFormat
  case duplicateTags
  case timeTag
  case missingFields
  case missingFieldKey
  case missingFieldValue
  case timeField
  case invalidNumber
  case numberOutOfRange
  case integerOutOfRange
  case invalidBoolean
  case unbalancedQuotes
  case badTimestamp
  case timeOutOfRange
  case trailingText
  /// The name or the labels break a rule of ours: the code and the text of `SeriesKeyError`.
  case invalidSeries(code: String, text: String)

  /// A stable word for programs.
  var code: String {
    switch self {
    case .missingMeasurement: "missing-measurement"
    case .missingTagKey: "missing-tag-key"
    case .missingTagValue: "missing-tag-value"
    case .invalidTagFormat: "invalid-tag-format"
    case .duplicateTags: "duplicate-tags"
    case .timeTag: "time-tag"
    case .missingFields: "missing-fields"
    case .missingFieldKey: "missing-field-key"
    case .missingFieldValue: "missing-field-value"
    case .timeField: "time-field"
    case .invalidNumber: "invalid-number"
    case .numberOutOfRange: "number-out-of-range"
    case .integerOutOfRange: "integer-out-of-range"
    case .invalidBoolean: "invalid-boolean"
    case .unbalancedQuotes: "unbalanced-quotes"
    case .badTimestamp: "bad-timestamp"
    case .timeOutOfRange: "time-out-of-range"
    case .trailingText: "trailing-text"
    case .invalidSeries(let code, _): code
    }
  }

  var text: String {
    switch self {
    case .missingMeasurement: "missing measurement"
    case .missingTagKey: "missing tag key"
    case .missingTagValue: "missing tag value"
    case .invalidTagFormat: "invalid tag format"
    case .duplicateTags: "duplicate tags"
    case .timeTag: "input tag \"time\" is invalid: that name is reserved"
    case .missingFields: "missing fields"
    case .missingFieldKey: "missing field key"
    case .missingFieldValue: "missing field value"
    case .timeField: "input field \"time\" is invalid: that name is reserved; the line's other fields are stored"
    case .invalidNumber: "invalid number"
    case .numberOutOfRange: "invalid number: expected a finite 64-bit float"
    case .integerOutOfRange: "invalid number: expected a 64-bit integer"
    case .invalidBoolean: "invalid boolean"
    case .unbalancedQuotes: "unbalanced quotes"
    case .badTimestamp: "bad timestamp"
    case .timeOutOfRange: "time outside range \(SampleTime.rangeText)"
    case .trailingText: "unexpected text after the timestamp"
    case .invalidSeries(_, let text): text
    }
  }
}
