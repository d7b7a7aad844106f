import Events
import JSON

/// The members of a description, as far as they are good, and what is wrong with the others.
struct DescriptionMembers {
  /// Nil: the body does not name it.
  private(set) var unit: AttributeChange<String>?
  private(set) var description: AttributeChange<String>?
  private(set) var kind: AttributeChange<MetricKind>?
  /// The first ones, in the order of the body.
  private(set) var faults: [DescriptionFault] = []

  init(_ root: JSONValue) {
    guard let members = root.members else {
      faults = [.notAnObject]
      return
    }
    for member in members where faults.count < DescriptionBody.faultsLimit {
      do throws(DescriptionFault) {
        try read(member)
      } catch {
        faults.append(error)
      }
    }
    if faults.isEmpty, unit == nil, description == nil, kind == nil { faults = [.empty] }
  }

  private mutating func read(_ member: JSONMember) throws(DescriptionFault) {
    if member.isNamed("unit") {
      guard unit == nil else { throw .memberDuplicate("unit") }
      unit = try Self.text(member.value, .unit)
    } else if member.isNamed("description") {
      guard description == nil else { throw .memberDuplicate("description") }
      description = try Self.text(member.value, .description)
    } else if member.isNamed("kind") {
      guard kind == nil else { throw .memberDuplicate("kind") }
      kind = try Self.kind(member.value)
    } else {
      throw .memberUnknown(String(decoding: member.name, as: UTF8.self))
    }
  }

  private static func text(
    _ value: JSONValue, _ rule: MetricTextRule
  ) throws(DescriptionFault) -> AttributeChange<String> {
    if value.isNull { return .cleared }
    guard let text = value.string else { throw .notText(rule) }
    if let fault = rule.fault(of: text) { throw DescriptionFault(fault, of: rule) }
    return text.isEmpty ? .cleared : .set(text)
  }

  private static func kind(_ value: JSONValue) throws(DescriptionFault) -> AttributeChange<MetricKind> {
    if value.isNull { return .cleared }
    guard let kind = value.string.flatMap(MetricKind.init(name:)) else { throw .kindUnknown }
    return .set(kind)
  }
}
