import ProjectionKit
import Timeline

/// The timeline under another version: a build of its own with the same tables, as a rebuild makes one.
struct SecondVersion: Projection {
  let name = TimelineProjection().name
  let version = TimelineProjection().version + 1
  let schema = TimelineProjection().schema

  func makeFold(schema: String, shards: Int) -> any ProjectionFold {
    TimelineProjection().makeFold(schema: schema, shards: shards)
  }
}
