/// Whether a benchmark starts a Daybook of its own or takes what runs already.
package enum BenchTarget {
  /// With so many command services on one store.
  case own(commandServices: Int)
  case running(BenchSystem)

  /// Calls `body` with the system, which is stopped and removed afterwards if it is our own.
  func with<Result>(_ body: (BenchSystem) throws -> Result) throws -> Result {
    switch self {
    case .running(let system):
      try system.check()
      return try body(system)
    case .own(let services):
      let instance = try BenchInstance(commandServices: services)
      defer { instance.stop() }
      return try body(instance.system)
    }
  }
}
