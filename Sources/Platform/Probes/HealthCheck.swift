/// One thing that a process looks at to know whether it is well.
package struct HealthCheck: Sendable {
  /// What kind of thing is looked at.
  package enum Component: String, Sendable { case component, datastore, system }

  /// `part:measurement`, as in `event-store:appending`. Several checks may have one name.
  package let name: String
  package let component: Component
  package let status: HealthStatus
  /// What is wrong, safe to show to anybody who may ask; nil where nothing is.
  package let reason: String?
  /// What a person does about it.
  package let remedy: String?
  /// What was measured, if the check measures.
  package var observed: (value: Double, unit: String)?
  /// Which of several the check is about: a build's name.
  package var componentID: String?

  package init(
    _ name: String, _ component: Component, _ status: HealthStatus = .pass, reason: String? = nil,
    remedy: String? = nil
  ) {
    self.name = name
    self.component = component
    self.status = status
    self.reason = reason
    self.remedy = remedy
  }

  /// The same check with what it measured.
  package func observing(_ value: Double, _ unit: String) -> HealthCheck {
    var check = self
    check.observed = (value, unit)
    return check
  }

  /// The same check, said to be about `id`.
  package func of(_ id: String) -> HealthCheck {
    var check = self
    check.componentID = id
    return check
  }
}
