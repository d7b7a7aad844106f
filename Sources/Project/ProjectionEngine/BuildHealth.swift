/// Which builds have been given up, and which are under suspicion. Pure; lives as long as the engine.
package struct BuildHealth {
  /// Failures in a row, without a flush between them, that Postgres answers with a refusal, until a build is given up.
  package static let refusalLimit = 3

  /// Build → why.
  package private(set) var stopped: [Int32: String] = [:]
  private var refusals: [Int32: Int] = [:]

  package init() {}

  /// A build's own code has failed; returns whether it is given up for that.
  package mutating func note(_ failure: BuildFailure) -> Bool {
    if failure.isPassing { return false }
    refusals[failure.build, default: 0] += 1
    guard failure.isFinal || refusals[failure.build, default: 0] >= Self.refusalLimit else { return false }
    stopped[failure.build] = "\(failure.cause)"
    return true
  }

  /// All are given another chance: the store is another one than when they failed.
  package mutating func forgive() { self = BuildHealth() }

  package mutating func noteFlush(_ build: Int32) { refusals[build] = nil }
}
