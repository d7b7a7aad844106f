package import ProjectionKit
import ReadModels

/// The samples of every series per minute, hour and day: a main part of finished rows and a tail of packed changes.
/// `docs/read-models.md` says how they fit together; the formats and folds are those of `Contracts/ReadModels`.
package struct TimelineProjection: Projection {
  package init() {}

  package var name: String { TimelineTables.projection }

  /// Raised by any change after which the same events give other bytes in `hours`, `minutes`, `days` or `spans`.
  package var version: Int { 1 }

  package var schema: [UInt8] { PackageResources.schema_sql }

  package func makeFold(schema: String, shards: Int) -> any ProjectionFold {
    TimelineFold(statements: TimelineStatements(schema: schema), shards: shards)
  }
}
