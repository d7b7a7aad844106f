/// What came of a load.
package struct HTTPLoadOutcome: Sendable {
  /// From the first byte sent to the last answer.
  package internal(set) var seconds = 0.0
  /// Microseconds until the last byte received, one a request, in the order of the answers: from when the request was
  /// due, where the load has a rate (so that a stall counts for all who would have come meanwhile), else from its first
  /// byte.
  package internal(set) var latencies: [UInt32] = []
  package internal(set) var statuses: [Int: Int] = [:]
  /// The last `Daybook-Position` of each connection: together they cover all answers.
  package internal(set) var positions: [String] = []
  /// The text of the first answer from 300 up.
  package internal(set) var firstProblem: String?
}
