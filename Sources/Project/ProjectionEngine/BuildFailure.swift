import Postgres
import ProjectionKit

/// An error inside one build's fold: the others can go on without it.
package struct BuildFailure: Error {
  package let build: Int32
  package let cause: any Error

  package init(build: Int32, cause: any Error) {
    self.build = build
    self.cause = cause
  }

  /// The same again gives the same. What Postgres refuses could still be another one's doing, so it is tried a few times.
  package var isFinal: Bool { cause is ProjectionError }

  /// The connection or the server is at fault, not the build.
  package var isPassing: Bool { (cause as? PostgresError)?.disposition == .retry }
}
