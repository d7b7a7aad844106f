package import ProjectionKit
import ReadModels

/// Which metrics and series there are, and what was said of metrics. Its flush is final: there is nothing to fold.
///
/// Version 1 has folded `MetricDescribed` only since there are such events. That changed no definition: a log that the
/// first programs could fold to its end has none (they stopped at the first), and of every such log the rows are the same
/// bytes (the golden log's first part). A build that one of them filled is taken on as it stands.
package struct Catalogue: Projection {
  package let name = CatalogueTables.projection
  package let version = 1
  package var schema: [UInt8] { PackageResources.schema_sql }

  package init() {}

  package func makeFold(schema: String, shards: Int) -> any ProjectionFold { CatalogueFold(schema: schema) }
}
