/// How a process or a part of it is (draft-inadarei-api-health-check-06).
package enum HealthStatus: String, Sendable, Comparable {
  case pass
  /// It works, and somebody should look at it.
  case warn
  /// It does not work.
  case fail

  private var rank: Int {
    switch self {
    case .pass: 0
    case .warn: 1
    case .fail: 2
    }
  }

  package static func < (a: HealthStatus, b: HealthStatus) -> Bool { a.rank < b.rank }
}
