import Events

/// One thing that is wrong with a description.
package struct DescriptionFault: Error, Hashable, Sendable {
  /// Where: a JSON Pointer (RFC 6901), empty for the whole body.
  package let pointer: String
  /// A stable word for programs.
  package let code: String
  /// For people; safe to show.
  package let detail: String

  private init(_ pointer: String, _ code: String, _ detail: String) {
    self.pointer = pointer
    self.code = code
    self.detail = detail
  }

  static let notAnObject = DescriptionFault(
    "", "not-an-object", "a description is an object with unit, description or kind")
  static let empty = DescriptionFault(
    "", "empty-description", "there is nothing in the body: give unit, description or kind")
  static let kindUnknown = DescriptionFault(
    "/kind", "kind-unknown", "the member \"kind\" must be \"gauge\", \"counter\" or null")

  static func memberUnknown(_ name: String) -> DescriptionFault {
    let shown = name.prefix(100)
    return DescriptionFault(
      pointer(to: String(shown)), "unknown-member",
      "the member \"\(shown)\" is unknown: known are unit, description, kind")
  }

  static func memberDuplicate(_ name: String) -> DescriptionFault {
    DescriptionFault(pointer(to: name), "duplicate-member", "the member \"\(name)\" is there twice")
  }

  static func notText(_ rule: MetricTextRule) -> DescriptionFault {
    DescriptionFault("/\(rule)", "\(rule)-not-text", "the member \"\(rule)\" must be text or null")
  }

  init(_ fault: MetricTextRule.Fault, of rule: MetricTextRule) {
    switch fault {
    case .tooLong:
      self.init("/\(rule)", "\(rule)-too-long", "the member \"\(rule)\" has more than \(rule.limitText)")
    case .controlCharacter:
      self.init("/\(rule)", "\(rule)-control-character", "the member \"\(rule)\" has a control character")
    }
  }

  private static func pointer(to name: String) -> String {
    var pointer = "/"
    for character in name.unicodeScalars {
      switch character {
      case "~": pointer += "~0"
      case "/": pointer += "~1"
      default: pointer.unicodeScalars.append(character)
      }
    }
    return pointer
  }
}
