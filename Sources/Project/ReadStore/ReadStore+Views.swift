package import Postgres

extension ReadStore {
  /// Lets the views of schema `daybook` show the active builds. Waits a tenth of a second at most for those who read them,
  /// and costs one short query when there is nothing to do. To be called after a build has become active, and before
  /// another one's tables are dropped: the views hold on to them.
  package func publishViews() throws(PostgresError) -> ViewsOutcome {
    let row = try connection.query(Self.publishStatement)
    let outcome = try row.text(0, 0)
    switch outcome {
    case "current": return .current
    case "published": return .published(timeline: try row.text(0, 1), catalogue: try row.text(0, 2))
    case "busy": return .busy
    case "no build": return .noBuild
    default: throw PostgresError("publish the views", message: "unknown outcome '\(outcome)'")
    }
  }

  private static let publishStatement = PostgresStatement(
    "publish_views", "SELECT outcome, timeline, catalogue FROM daybook_read.publish_views()")
}
