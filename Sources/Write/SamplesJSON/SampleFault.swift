import Commands
import Events

/// What is wrong with one sample.
package struct SampleFault: Error, Hashable, Sendable {
  /// A stable word for programs.
  package let code: String
  /// For people; safe to show.
  package let detail: String

  init(_ code: String, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  static let notAnObject = SampleFault("not-an-object", "a sample is an object with name and value")
  static let nameMissing = SampleFault("name-missing", "the member \"name\" is missing")
  static let nameNotText = SampleFault("name-not-text", "the member \"name\" must be text")
  static let valueMissing = SampleFault("value-missing", "the member \"value\" is missing")
  static let valueNotANumber = SampleFault("value-not-a-number", "the member \"value\" must be a number")
  static let valueOutOfRange = SampleFault(
    "value-out-of-range", "the member \"value\" must be a finite 64-bit float: at most about 1.8e308")
  static let timestampNotATime = SampleFault(
    "timestamp-not-a-time",
    "the member \"timestamp\" must be a time as RFC 3339 (2026-01-31T12:00:00Z) or a number in the unit that the "
      + "parameter precision names (default ms)")
  static let timestampOutOfRange = SampleFault(
    "timestamp-out-of-range", "the member \"timestamp\" must lie within \(SampleTime.rangeText); check precision")
  static let labelsNotAnObject = SampleFault("labels-not-an-object", "the member \"labels\" must be an object of texts")

  static func labelNotText(_ name: String) -> SampleFault {
    SampleFault("label-not-text", "the label \"\(name.prefix(100))\" must be text")
  }

  static func memberUnknown(_ name: String) -> SampleFault {
    SampleFault(
      "unknown-member", "the member \"\(name.prefix(100))\" is unknown: known are name, value, timestamp, labels")
  }

  static func memberDuplicate(_ name: String) -> SampleFault {
    SampleFault("duplicate-member", "the member \"\(name)\" is there twice")
  }

  init(_ error: SeriesKeyError) { self.init(error.code, error.description) }
}
