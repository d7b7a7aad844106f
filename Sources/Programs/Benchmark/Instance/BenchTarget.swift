/// Whether a benchmark starts a Daybook of its own or takes what runs already.
package enum BenchTarget {
  /// With so many command services on one store; events go over Kafka where there is one.
  case own(commandServices: Int, kafka: BenchKafka? = nil)
  case running(BenchSystem)

  /// Calls `body` with the system, which is stopped and removed afterwards if it is our own.
  func with<Result>(_ body: (BenchSystem) throws -> Result) throws -> Result {
    switch self {
    case .running(let system):
      try system.check()
      return try body(system)
    case .own(let services, let kafka):
      let instance = try BenchInstance(commandServices: services, kafka: kafka)
      defer { instance.stop() }
      return try body(instance.system)
    }
  }
}
