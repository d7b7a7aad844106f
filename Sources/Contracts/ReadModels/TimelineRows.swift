/// What a query read of one series: rows by rising bucket, and what the tail does to them. `TimelinePlan` says which rows
/// must be here.
package struct TimelineRows: Sendable {
  package var days: [BucketRow]
  package var hours: [BucketRow]
  package var minutes: [BucketRow]
  package var changes: SeriesChanges

  package init(
    days: [BucketRow] = [], hours: [BucketRow] = [], minutes: [BucketRow] = [],
    changes: SeriesChanges = SeriesChanges()
  ) {
    self.days = days
    self.hours = hours
    self.minutes = minutes
    self.changes = changes
  }
}
