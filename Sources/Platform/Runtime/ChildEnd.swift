/// How a child process ended.
package enum ChildEnd: Equatable, Sendable, CustomStringConvertible {
  case exited(Int32)
  case signaled(Int32)
  /// Somebody else waited for it.
  case unknown

  /// - Parameter status: as waitpid(2) gives it.
  init(status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited(status >> 8 & 0xFF) : .signaled(signal)
  }

  package var isSuccess: Bool { self == .exited(0) }

  package var description: String {
    switch self {
    case .exited(let code): "exit status \(code)"
    case .signaled(let signal): "signal \(signal)"
    case .unknown: "an end that nobody saw"
    }
  }
}
