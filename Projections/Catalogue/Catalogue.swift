package import ProjectionKit
import ReadModels

/// Which metrics and series there are. Its flush is final: there is nothing to fold.
package struct Catalogue: Projection {
  package let name = CatalogueTables.projection
  package let version = 1
  package var schema: [UInt8] { PackageResources.schema_sql }

  package init() {}

  package func makeFold(schema: String, shards: Int) -> any ProjectionFold { CatalogueFold(schema: schema) }
}
