import Postgres
import ProjectionKit

/// An error inside one build's fold: the others can go on without it.
struct BuildFailure: Error {
  let build: Int32
  let cause: any Error

  /// The same again gives the same. What Postgres refuses could still be another one's doing, so it is tried a few times.
  var isFinal: Bool { cause is ProjectionError }

  /// The connection or the server is at fault, not the build.
  var isPassing: Bool { (cause as? PostgresError)?.disposition == .retry }
}
